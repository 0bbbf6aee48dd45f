import { post } from '@/lib/api-client';
import type { ResolveSagaResponse, Saga } from '@/types/api';

const urlOf = (orderId: string, command: string) =>
  `/api/admin/sagas/${encodeURIComponent(orderId)}/${command}`;

export function retrySaga(orderId: string, note: string): Promise<Saga> {
  return post(urlOf(orderId, 'retry'), { note });
}

export function forceAbortSaga(orderId: string, note: string): Promise<Saga> {
  return post(urlOf(orderId, 'force-abort'), { note });
}

/** Applied by the second of the two people that it takes. */
export function resolveSaga(orderId: string, note: string): Promise<ResolveSagaResponse> {
  return post(urlOf(orderId, 'resolve'), { note, direction: 'ROLL_FORWARD' });
}
