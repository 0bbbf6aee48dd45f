import type { ApiError } from '@/lib/api-error';
import type { Wallet } from '@/types/api';

export interface WalletState {
  wallet: Wallet | undefined;
  error: ApiError | undefined;
}

export type WalletAction =
  { type: 'loaded'; wallet: Wallet } | { type: 'failed'; error: ApiError } | { type: 'forgotten' };

export const noWallet: WalletState = { wallet: undefined, error: undefined };

export function walletReducer(state: WalletState, action: WalletAction): WalletState {
  switch (action.type) {
    case 'loaded':
      return { wallet: action.wallet, error: undefined };
    case 'failed':
      // What was known stays on the screen.
      return { ...state, error: action.error };
    case 'forgotten':
      return noWallet;
  }
}
