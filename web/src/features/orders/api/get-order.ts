import { get } from '@/lib/api-client';
import { useQuery } from '@/lib/use-query';
import type { Order } from '@/types/api';

export const orderKey = (id: string) => `user/order/${id}`;

function getOrder(id: string): Promise<Order> {
  return get(`/api/orders/${encodeURIComponent(id)}`);
}

export function useOrder(id: string) {
  return useQuery(orderKey(id), () => getOrder(id));
}
