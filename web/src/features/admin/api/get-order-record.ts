import { get } from '@/lib/api-client';
import { useQuery } from '@/lib/use-query';
import type { OrderRecordDetail } from '@/types/api';

export const orderRecordKey = (id: string) => `user/admin/order/${id}`;

function getOrderRecord(id: string): Promise<OrderRecordDetail> {
  return get(`/api/admin/orders/${encodeURIComponent(id)}`);
}

export function useOrderRecord(id: string) {
  return useQuery(orderRecordKey(id), () => getOrderRecord(id));
}
