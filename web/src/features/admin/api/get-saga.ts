import { get } from '@/lib/api-client';
import { useQuery } from '@/lib/use-query';
import type { SagaDetail } from '@/types/api';

export const sagaKey = (orderId: string) => `user/admin/saga/${orderId}`;

function getSaga(orderId: string): Promise<SagaDetail> {
  return get(`/api/admin/sagas/${encodeURIComponent(orderId)}`);
}

export function useSaga(orderId: string) {
  return useQuery(sagaKey(orderId), () => getSaga(orderId));
}
