import { post } from '@/lib/api-client';
import type { Attempt } from '@/lib/attempts';
import type { Order } from '@/types/api';

export interface Cancellation {
  orderId: string;
  reason?: string;
}

export function cancelOrder({ key, body }: Attempt<Cancellation>): Promise<Order> {
  const { orderId, reason } = body;
  const url = `/api/orders/${encodeURIComponent(orderId)}/cancel`;
  return post(url, reason ? { reason } : {}, { idempotencyKey: key });
}
