import { beforeEach, expect, test, vi } from 'vitest';

import type * as GuestCart from './guest-cart';
import { storageKeys } from '@/lib/storage';
import { aLine, aProduct, eur } from '@/testing/generators';

let guest: typeof GuestCart;

// A fresh module is a fresh page.
beforeEach(async () => {
  vi.resetModules();
  guest = await import('./guest-cart');
});

const add = (quantity: number, id = 'p-1') =>
  guest.changeGuestCart({ id: 0, kind: 'add', product: aProduct({ id }), quantity });
const quantities = () => guest.guestItems().map(({ quantity }) => quantity);
const stored = () => JSON.parse(localStorage.getItem(storageKeys.guestCart) ?? '[]') as unknown[];

test('outlives the page', async () => {
  add(2);
  vi.resetModules();
  const reloaded = await import('./guest-cart');
  expect(reloaded.guestItems()).toEqual([aLine({ quantity: 2, lineTotal: eur(25_800) })]);
});

test('has the limits of the shop', () => {
  expect(add(99)).toBeUndefined();
  expect(add(1)).toBe('LINE_LIMIT');
  for (let at = 2; at <= 100; at += 1) expect(add(1, `p-${at}`)).toBeUndefined();
  expect(add(1, 'p-101')).toBe('CART_FULL');
  expect(guest.guestItems()).toHaveLength(100);
});

test.each([
  'not json',
  '{"a":1}',
  '[null, 7, {"productId":"p"}]',
  JSON.stringify([
    { ...aLine(), quantity: -3 },
    { ...aLine(), quantity: 1.5 },
  ]),
  JSON.stringify([{ ...aLine(), unitPrice: { currencyCode: 'EUR', minorUnits: '1.5' } }]),
])('is empty when the storage has %s', (text) => {
  localStorage.setItem(storageKeys.guestCart, text);
  expect(guest.guestItems()).toEqual([]);
});

test('follows what another tab has stored', () => {
  const listener = vi.fn();
  guest.subscribeToGuestCart(listener);
  localStorage.setItem(storageKeys.guestCart, JSON.stringify([aLine({ quantity: 5 })]));
  dispatchEvent(new StorageEvent('storage', { key: storageKeys.guestCart }));
  expect(listener).toHaveBeenCalledOnce();
  expect(quantities()).toEqual([5]);
});

test('a merge takes out what was merged, and leaves what came meanwhile', () => {
  add(2);
  const merged = guest.guestItems();
  add(1);
  add(1, 'p-2');
  guest.removeMerged(merged);
  expect(guest.guestItems().map(({ productId }) => productId)).toEqual(['p-1', 'p-2']);
  expect(quantities()).toEqual([1, 1]);
  guest.removeMerged(guest.guestItems());
  expect(stored()).toEqual([]);
});

test('shows a new price and what is short', () => {
  add(3);
  guest.refreshGuestLine('p-1', aProduct({ price: eur(15_000), available: '2' }));
  expect(guest.guestItems()[0]).toMatchObject({
    addedPrice: eur(12_900),
    unitPrice: eur(15_000),
    lineTotal: eur(45_000),
    problems: ['PRICE_CHANGED', 'OUT_OF_STOCK'],
  });
  guest.refreshGuestLine('p-1', undefined);
  expect(guest.guestItems()[0]?.problems).toEqual(['NOT_AVAILABLE']);
});
