import { get } from '@/lib/api-client';
import { usePages } from '@/lib/use-pages';
import type { WalletPage } from '@/types/api';

export const walletHistoryKey = 'user/wallet';

export function getWallet(pageToken?: string, pageSize?: number): Promise<WalletPage> {
  return get('/api/wallet', { ...(pageToken && { pageToken }), ...(pageSize && { pageSize }) });
}

export function useWalletHistory() {
  return usePages(walletHistoryKey, getWallet);
}
