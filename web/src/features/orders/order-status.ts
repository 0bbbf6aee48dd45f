// An order's state in the words of a shopper.
import type { Order, OrderEvent } from '@/types/api';

type Tone = 'busy' | 'good' | 'bad' | 'neutral';

export interface OrderStatus {
  label: string;
  text: string;
  tone: Tone;
}

export function orderStatus({ state, settled }: Pick<Order, 'state' | 'settled'>): OrderStatus {
  switch (state) {
    case 'PENDING':
      return { label: 'Being confirmed', text: 'We set goods and money aside.', tone: 'busy' };
    case 'CONFIRMED':
      return {
        label: 'Confirmed',
        text: settled
          ? 'Paid, and on its way to you.'
          : 'It is yours; the payment is being booked.',
        tone: 'good',
      };
    case 'REJECTED':
      return { label: 'Not ordered', text: 'Nothing was charged.', tone: 'bad' };
    case 'CANCELLED':
      return settled
        ? { label: 'Cancelled', text: 'The money is back in your wallet.', tone: 'neutral' }
        : {
            label: 'Cancelled',
            text: 'The money is on its way back to your wallet.',
            tone: 'busy',
          };
    default:
      return { label: 'Unknown', text: 'Please look again in a moment.', tone: 'neutral' };
  }
}

/** One step of an order's history. */
export function describeEvent({ state, settled }: OrderEvent): string {
  if (state === 'PENDING') return 'Order placed';
  if (state === 'CONFIRMED') return settled ? 'Payment booked' : 'Order confirmed';
  if (state === 'CANCELLED') return settled ? 'Refund booked, goods returned' : 'Order cancelled';
  return state === 'REJECTED' ? 'Order refused' : 'Order changed';
}

const failures: Record<string, string> = {
  OUT_OF_STOCK: 'Something in the order was sold out.',
  INSUFFICIENT_FUNDS: 'There was not enough money in the wallet.',
  CHECKOUT_TIMED_OUT: 'It could not be confirmed in time, so we called it off.',
  ORDER_CANCELLED: 'It was cancelled before it was confirmed.',
};

export function describeFailure(failure: Order['failure']): string | undefined {
  return failure && (failures[failure.reason] ?? failure.message);
}

/** Whether a shopper can still call it off. */
export function isCancellable({ state }: Pick<Order, 'state'>): boolean {
  return state === 'PENDING' || state === 'CONFIRMED';
}

/** Short enough to read out; the whole id stands in the address. */
export function orderNumber(id: string): string {
  return id.replaceAll('-', '').slice(-8).toUpperCase();
}
