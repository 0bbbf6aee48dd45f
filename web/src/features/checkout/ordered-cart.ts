// Which order a cart has become, for a tab that wants to pay the same cart a moment after another.
import type { ApiError } from '@/lib/api-error';
import type { Attempt } from '@/lib/attempts';
import { readStored, storageKeys, writeStored } from '@/lib/storage';
import type { CheckoutRequest, Order } from '@/types/api';

type Checkout = Attempt<CheckoutRequest>;

/** Kept for the tabs that show the same cart. */
export function rememberOrder({ scope, body }: Checkout, { id }: Order): void {
  writeStored(storageKeys.ordered, { scope, cartVersion: body.cartVersion, orderId: id });
}

/** The order of this very cart when it is the reason of a refusal, as far as it can be told. */
export function orderOfCart({ scope, body }: Checkout, error: ApiError): string | undefined {
  if (error.reason === 'CART_ALREADY_ORDERED') return error.metadata['orderId'];
  if (!['CART_CHANGED', 'EMPTY_CART'].includes(error.reason)) return undefined;
  const last = readStored(storageKeys.ordered);
  if (typeof last !== 'object' || last === null) return undefined;
  const { scope: theirs, cartVersion, orderId } = last as Record<string, unknown>;
  const isSame = theirs === scope && cartVersion !== undefined && cartVersion === body.cartVersion;
  return isSame && typeof orderId === 'string' ? orderId : undefined;
}
