import { post } from '@/lib/api-client';
import type { Attempt } from '@/lib/attempts';
import type { OrderRecord } from '@/types/api';

export interface Refund {
  orderId: string;
  reason: string;
}

export function refundOrder({ key, body }: Attempt<Refund>): Promise<OrderRecord> {
  const url = `/api/admin/orders/${encodeURIComponent(body.orderId)}/refund`;
  return post(url, { reason: body.reason }, { idempotencyKey: key });
}
