import { beforeEach, expect, test, vi } from 'vitest';

import { getCart } from './api/get-cart';
import { mergeCart } from './api/merge-cart';
import { changeGuestCart, guestItems, removeMerged } from './guest-cart';
import { mergeGuestCart } from './merge-guest-cart';
import { ApiError } from '@/lib/api-error';
import { aCart, aLine, aProduct } from '@/testing/generators';

vi.mock('./api/get-cart');
vi.mock('./api/merge-cart');

const empty = aCart([], { version: 'before' });
const merged = aCart([aLine({ quantity: 2 })], { version: 'after' });

beforeEach(() => {
  removeMerged(guestItems());
  vi.mocked(getCart).mockResolvedValue(empty);
  vi.mocked(mergeCart).mockReset();
  changeGuestCart({ id: 0, kind: 'add', product: aProduct(), quantity: 2 });
});

test('tells what was added and what was capped', async () => {
  const adjustment = { productId: 'p-1', requested: 2, granted: 1, reason: 'LINE_LIMIT' } as const;
  vi.mocked(mergeCart).mockResolvedValue({ cart: merged, adjustments: [adjustment] });
  const outcome = await mergeGuestCart('user-1');
  expect(mergeCart).toHaveBeenCalledWith([{ productId: 'p-1', quantity: 2 }]);
  expect(outcome).toEqual({
    cart: merged,
    merged: { count: 1, adjustments: [{ ...adjustment, name: 'Oak chair' }] },
  });
  expect(guestItems()).toEqual([]);
});

test('a guest without a cart only reads', async () => {
  removeMerged(guestItems());
  expect(await mergeGuestCart('user-1')).toEqual({ cart: empty, merged: undefined });
  expect(mergeCart).not.toHaveBeenCalled();
});

test('a merge whose answer was lost is not made twice', async () => {
  vi.mocked(mergeCart).mockRejectedValueOnce(new ApiError(0, {}));
  await expect(mergeGuestCart('user-1')).rejects.toMatchObject({ status: 0 });
  vi.mocked(getCart).mockResolvedValue(merged);
  const outcome = await mergeGuestCart('user-1');
  expect(mergeCart).toHaveBeenCalledOnce();
  expect(outcome).toEqual({ cart: merged, merged: { count: 1, adjustments: [] } });
  expect(guestItems()).toEqual([]);
});

test('a merge that never arrived is made again', async () => {
  vi.mocked(mergeCart).mockRejectedValueOnce(new ApiError(503, {}));
  await expect(mergeGuestCart('user-1')).rejects.toMatchObject({ status: 503 });
  expect(guestItems()).toHaveLength(1);
  vi.mocked(mergeCart).mockResolvedValue({ cart: merged, adjustments: [] });
  expect((await mergeGuestCart('user-1')).merged?.count).toBe(1);
});
