import { call, type Answer } from '@/lib/api-client';
import type { Attempt } from '@/lib/attempts';
import type { CheckoutRequest, Order } from '@/types/api';

/** 201 when the order is confirmed, 202 while it is undecided. */
export function checkout({ key, body }: Attempt<CheckoutRequest>): Promise<Answer<Order>> {
  const request = { method: 'POST', url: '/api/checkout', data: body };
  return call(request, { idempotencyKey: key });
}
