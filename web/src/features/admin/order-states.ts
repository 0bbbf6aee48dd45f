import type { Order } from '@/types/api';

/** The states of an order, in the words of whoever runs the shop. */
export const states = {
  PENDING: 'Undecided',
  CONFIRMED: 'Confirmed',
  REJECTED: 'Refused',
  CANCELLED: 'Called off',
} as const;

export type OrderState = keyof typeof states;

export function stateName({ state, settled }: Pick<Order, 'state' | 'settled'>): string {
  const name = state in states ? states[state as OrderState] : state;
  return settled || state === 'PENDING' ? name : `${name}, not settled yet`;
}

/** Whether it can still be called off; the shop has the last word. */
export function isRefundable({ state }: Pick<Order, 'state'>): boolean {
  return state === 'PENDING' || state === 'CONFIRMED';
}
