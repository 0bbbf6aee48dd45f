import { expect, test } from 'vitest';

import { describeFailure, isCancellable, orderNumber, orderStatus } from './order-status';
import { anOrder } from '@/testing/generators';

test.each([
  ['PENDING', false, 'Being confirmed', true],
  ['CONFIRMED', false, 'Confirmed', true],
  ['CONFIRMED', true, 'Confirmed', true],
  ['REJECTED', true, 'Not ordered', false],
  ['CANCELLED', false, 'Cancelled', false],
  ['CANCELLED', true, 'Cancelled', false],
] as const)('%s, settled %s, is %j', (state, settled, label, cancellable) => {
  const order = anOrder({ state, settled });
  expect(orderStatus(order).label).toBe(label);
  expect(isCancellable(order)).toBe(cancellable);
});

test('money is said to be back only once it is', () => {
  expect(orderStatus({ state: 'CANCELLED', settled: false }).text).toMatch(/on its way/);
  expect(orderStatus({ state: 'CANCELLED', settled: true }).text).toMatch(/is back/);
});

test('a failure without words of ours has those of the shop', () => {
  expect(describeFailure({ reason: 'OUT_OF_STOCK', message: 'x' })).toMatch(/sold out/);
  expect(describeFailure({ reason: 'NEW_REASON', message: 'The shop says.' })).toBe(
    'The shop says.',
  );
});

test('a number can be read out', () => {
  expect(orderNumber('01a21d43-a2aa-73f0-9532-d6f7a0fe307e')).toBe('A0FE307E');
});
