import { describe, expect, test } from 'vitest';

import {
  applyChange,
  cartObstacles,
  cartReducer,
  noCart,
  shownCart,
  type CartChange,
  type CartState,
} from './cart-state';
import { isOvertaken } from './use-user-cart';
import { ApiError } from '@/lib/api-error';
import { aCart, aLine, aProduct, eur } from '@/testing/generators';

const add = (quantity: number, id = 1): CartChange => ({
  id,
  kind: 'add',
  product: aProduct(),
  quantity,
});
const set = (quantity: number, id = 1, productId = 'p-1'): CartChange => ({
  id,
  kind: 'set',
  productId,
  quantity,
});
const loaded: CartState = cartReducer(noCart, { type: 'loaded', cart: aCart() });

describe('the shown cart', () => {
  test('is not known before the shop has answered', () => {
    const state = cartReducer(noCart, { type: 'begun', change: add(1) });
    expect(shownCart(state)).toBeUndefined();
  });

  test('has a change at once, with its sums', () => {
    const state = cartReducer(loaded, { type: 'begun', change: add(2) });
    expect(shownCart(state)).toMatchObject({ itemCount: 3, subtotal: eur(38_700) });
  });

  test('is what it was when the change is refused', () => {
    const begun = cartReducer(loaded, { type: 'begun', change: set(0) });
    expect(shownCart(begun)?.items).toEqual([]);
    expect(shownCart(begun)?.subtotal).toEqual(eur(0));
    expect(shownCart(cartReducer(begun, { type: 'refused', id: 1 }))).toEqual(aCart());
  });

  test('keeps the other changes when one is refused', () => {
    const both = [add(1, 1), set(5, 2)].reduce<CartState>(
      (state, change) => cartReducer(state, { type: 'begun', change }),
      loaded,
    );
    const state = cartReducer(both, { type: 'refused', id: 1 });
    expect(shownCart(state)?.items[0]?.quantity).toBe(5);
  });

  test('puts what is still under way on top of an answer', () => {
    const both = [set(2, 1), set(3, 2)].reduce<CartState>(
      (state, change) => cartReducer(state, { type: 'begun', change }),
      loaded,
    );
    const answer = aCart([aLine({ quantity: 2, lineTotal: eur(25_800) })], { version: 'v2' });
    const state = cartReducer(both, { type: 'done', id: 1, cart: answer });
    expect(shownCart(state)).toMatchObject({ itemCount: 3, version: 'v2' });
  });

  test('stays on the screen when it cannot be read again', () => {
    const error = new ApiError(503, {});
    const state = cartReducer(loaded, { type: 'load-failed', error });
    expect(shownCart(state)).toEqual(aCart());
    expect(state.error).toBe(error);
  });
});

describe('a change', () => {
  test('adds a line for a new product', () => {
    expect(applyChange([], add(2))).toEqual([aLine({ quantity: 2, lineTotal: eur(25_800) })]);
  });

  test('does not go above 99 of a product', () => {
    expect(applyChange([aLine({ quantity: 98 })], add(5))[0]?.quantity).toBe(99);
  });

  test('of a line that is gone changes nothing', () => {
    expect(applyChange([aLine()], set(3, 1, 'p-2'))).toEqual([aLine()]);
  });

  test('need not be sent once the same quantity was set again', () => {
    expect(isOvertaken(set(2), [set(3, 2)])).toBe(true);
    expect(isOvertaken(set(2), [set(3, 2, 'p-2')])).toBe(false);
    expect(isOvertaken(add(2), [set(3, 2)])).toBe(false);
    // The sum of both is meant, so both are sent.
    expect(isOvertaken(set(2), [add(1, 2), set(3, 3)])).toBe(false);
  });
});

test('problems of lines stand between a cart and paying', () => {
  expect(cartObstacles(aCart())).toEqual({ unavailable: false, priceChanged: false, stale: false });
  const line = aLine({ problems: ['PRICE_CHANGED', 'OUT_OF_STOCK'] });
  expect(cartObstacles(aCart([line]))).toMatchObject({ unavailable: true, priceChanged: true });
  expect(cartObstacles(aCart([aLine({ problems: ['NOT_AVAILABLE'] })])).unavailable).toBe(true);
});
