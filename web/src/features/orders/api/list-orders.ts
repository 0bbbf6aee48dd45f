import { get } from '@/lib/api-client';
import { usePages } from '@/lib/use-pages';
import type { ListOrdersResponse } from '@/types/api';

export const ordersKey = 'user/orders';

function listOrders(pageToken?: string): Promise<ListOrdersResponse> {
  return get('/api/orders', pageToken ? { pageToken } : undefined);
}

export function useOrders() {
  return usePages(ordersKey, listOrders);
}
