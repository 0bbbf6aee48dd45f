// Each judge speaks when there is something to say, and is silent otherwise.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { acknowledged, bank, carts, ids, keys, lists, reads, wallets } from './checkers.mjs';

/** @param {string} text */
const md5 = (text) => createHash('md5').update(text).digest('hex');
let clock = 0n;
/** @param {string} f @param {string} key @param {any} value @param {'ok' | 'fail' | 'info'} type @param {any} [result] */
const call = (f, key, value, type, result = {}) => (
  { process: 0, f, key, value, type, result, start: clock++, end: clock++ });

/** @param {Partial<import('./final.mjs').Final>} final @returns {import('./final.mjs').Final} */
const ended = (final) => ({ deposits: [], journal: [], orders: [], lines: [], carts: [], ...final });
/** @param {any} run */
const of = (run) => ({ operations: [], looks: [], ...run, final: ended(run.final ?? {}) });
const bought = { id: 'o1', user: 'ada', key: 'k1', state: 'CONFIRMED', reason: null, cart_cleared: true };
const checkout = (/** @type {any} */ result, key = 'k1') => call('checkout', key, { user: 'ada' }, 'ok', result);
const confirmed = { outcome: 'CONFIRMED', order: 'o1' };

test('bank: a sum that is not zero, and less than nothing', () => {
  const good = { start: 0n, journal: [], orders: [], accounts: [['ada', 'USER', 5, 2], ['world', 'WORLD', -5, 0]] };
  assert.deepEqual(bank(of({ looks: [good] })), []);
  assert.equal(bank(of({ looks: [{ ...good, accounts: [['ada', 'USER', 5, 2]] }] })).length, 1);
  assert.equal(bank(of({ looks: [{ ...good, accounts: [['ada', 'USER', 5, 6], ['world', 'WORLD', -5, 0]] }] })).length, 1);
});

test('keys: one order, one answer, never undone', () => {
  assert.deepEqual(keys(of({ operations: [checkout(confirmed), checkout(confirmed)], final: { orders: [bought] } })), []);
  /** @param {any[]} operations @param {any[]} orders */
  const wrong = (operations, orders = [bought]) => keys(of({ operations, final: { orders } })).length > 0;
  assert.ok(wrong([checkout(confirmed), checkout({ ...confirmed, order: 'o2' })]));
  assert.ok(wrong([checkout(confirmed), checkout({ outcome: 'REJECTED', reason: 'OUT_OF_STOCK', order: 'o1' })]));
  assert.ok(wrong([checkout(confirmed), checkout({ outcome: 'PENDING', order: 'o1' })]));
  assert.ok(wrong([checkout(confirmed)], [{ ...bought, state: 'CANCELLED' }]));
  assert.ok(wrong([checkout(confirmed)], [{ ...bought, state: 'REFUNDED' }]), 'nobody cancelled it');
  assert.ok(wrong([checkout(confirmed)], []));
  assert.ok(!wrong([checkout({ outcome: 'PENDING', order: 'o1' }), checkout(confirmed)]));
  const cancel = call('cancel', 'c', { user: 'ada', order: 'o1' }, 'info');
  assert.ok(!wrong([checkout(confirmed), cancel], [{ ...bought, state: 'REFUNDED' }]));
});

test('keys: a cancellation excuses only what came after it, and only if it may have had an effect', () => {
  const cancel = (/** @type {'ok' | 'fail' | 'info'} */ type) => call('cancel', 'c', { user: 'ada', order: 'o1' }, type);
  const rejected = (/** @type {string} */ reason) => checkout({ outcome: 'REJECTED', reason, order: 'o1' });
  const end = { ...bought, state: 'CANCELLED' };
  /** @param {any[]} operations */
  const said = (operations, order = end) => keys(of({ operations, final: { orders: [order] } }));
  const refused = () => rejected('OUT_OF_STOCK');
  const called = () => rejected('ORDER_CANCELLED');
  assert.deepEqual(said([cancel('ok'), called(), called()]), []);
  assert.ok(said([refused(), cancel('fail'), called()]).some((line) => /was answered/.test(line)), 'the cancel failed');
  assert.ok(said([refused(), called(), cancel('ok')]).some((line) => /was answered/.test(line)), 'before it began');
  assert.ok(said([cancel('ok'), refused(), rejected('INSUFFICIENT_FUNDS')]).length > 0, 'two refusals');
  assert.ok(said([checkout(confirmed), cancel('fail')], { ...bought, state: 'REFUNDED' })
    .some((line) => /cancelled by nobody/.test(line)));
});

test('reads: an order never goes back', () => {
  const read = (/** @type {string} */ state) => call('order', 'o1', { user: 'ada' }, 'ok', { order: 'o1', state });
  /** @param {string[]} states @param {string} end */
  const said = (states, end) => reads(of({ operations: states.map(read), final: { orders: [{ ...bought, state: end }] } }));
  assert.deepEqual(said(['PENDING', 'PENDING', 'CONFIRMED', 'CANCELLED'], 'REFUNDED'), []);
  assert.deepEqual(said(['PENDING', 'REJECTED', 'REJECTED'], 'CANCELLED'), []);
  assert.ok(said(['CONFIRMED', 'PENDING'], 'CONFIRMED').length > 0);
  assert.ok(said(['CANCELLED', 'CONFIRMED'], 'REFUNDED').length > 0);
  assert.ok(said(['REJECTED', 'CONFIRMED'], 'CONFIRMED').length > 0);
  assert.ok(said(['REJECTED', 'CANCELLED'], 'CANCELLED').length > 0);
  assert.ok(said(['CONFIRMED'], 'CANCELLED').length > 0, 'bought, and refused at the end');
  const slow = { ...read('PENDING'), start: 0n };
  const run = of({ operations: [read('CONFIRMED'), slow], final: { orders: [bought] } });
  assert.deepEqual(reads(run), [], 'calls at the same time');
});

test('wallets: what may be spent is what is there and not held', () => {
  /** @param {number} balance @param {number} held @param {number} available */
  const said = (balance, held, available) => wallets(of({
    operations: [call('wallet', 'ada', { user: 'ada' }, 'ok', { balance, held, available })],
  }));
  assert.deepEqual(said(5, 2, 3), []);
  assert.equal(said(5, 2, 5).length, 1);
  assert.equal(said(5, 6, -1).length, 1);
});

test('acknowledged: deposits between what is sure and what is possible', () => {
  const row = { user: 'ada', key: 'd1', journal: 7, units: 5 };
  const posting = { account: 'ada', seq: 1, id: 7, amount: 5 };
  /** @param {any[]} operations @param {any} final */
  const said = (operations, final) => acknowledged(of({ operations, final }));
  /** @param {'ok' | 'fail' | 'info'} type @param {string} [transaction] */
  const deposit = (type, transaction = '7') => call('deposit', 'd1', { user: 'ada', units: 5 }, type, { transaction });
  assert.deepEqual(said([deposit('ok')], { deposits: [row], journal: [posting] }), []);
  assert.deepEqual(said([deposit('info')], { deposits: [row], journal: [posting] }), []);
  assert.deepEqual(said([deposit('info')], {}), []);
  assert.ok(said([deposit('ok')], {}).some((line) => /is gone/.test(line)));
  assert.ok(said([deposit('ok')], {}).some((line) => /0 posted, 5 acknowledged/.test(line)));
  assert.ok(said([deposit('ok'), deposit('ok', '8')], { deposits: [row], journal: [posting] }).length > 0);
  assert.ok(said([deposit('fail')], { deposits: [row], journal: [posting] }).some((line) => /refused/.test(line)));
  assert.ok(said([], { deposits: [row] }).some((line) => /never asked/.test(line)));
});

test('acknowledged: orders', () => {
  /** @param {any[]} operations @param {any[]} orders */
  const said = (operations, orders) => acknowledged(of({ operations, final: { orders } }));
  assert.deepEqual(said([checkout(confirmed)], [bought]), []);
  assert.ok(said([checkout(confirmed)], []).length > 0);
  assert.ok(said([], [bought]).length > 0, 'nobody asked for it');
  assert.ok(said([call('checkout', 'k1', { user: 'ada' }, 'fail')], [bought]).length > 0);
  const cancel = call('cancel', 'c', { user: 'ada', order: 'o1' }, 'ok', { order: 'o1' });
  assert.ok(said([checkout(confirmed), cancel], [bought]).length > 0, 'cancelled, and still there');
});

test('lists: what was read is how the final list begins, and what was acknowledged is in it', () => {
  const journal = [{ account: 'ada', seq: 1, id: 7, amount: 5 }, { account: 'ada', seq: 2, id: 9, amount: 3 }];
  const deposit = { ...call('deposit', 'd', { user: 'ada', units: 3 }, 'ok', { transaction: '9' }), start: 1n, end: 2n };
  /** @param {bigint} start @param {number} length @param {string} digest */
  const look = (start, length, digest) => ({ start, accounts: [], orders: [], journal: [['ada', length, digest]] });
  /** @param {any} seen */
  const said = (seen) => lists(of({ operations: [deposit], looks: [seen], final: { journal } }));
  assert.deepEqual(said(look(1n, 1, md5('7:5'))), []);
  assert.deepEqual(said(look(3n, 2, md5('7:5,9:3'))), []);
  assert.ok(said(look(3n, 1, md5('7:5'))).length > 0, 'acknowledged and not seen');
  assert.ok(said(look(1n, 1, md5('7:6'))).length > 0, 'another amount');
  assert.ok(said(look(1n, 3, md5('7:5,9:3,11:1'))).length > 0, 'a posting that went away');
});

test('ids: no answer names what is not there', () => {
  assert.deepEqual(ids(of({ operations: [checkout(confirmed)], final: { orders: [bought] } })), []);
  assert.equal(ids(of({ operations: [checkout(confirmed)] })).length, 1);
  assert.equal(ids(of({ operations: [call('orders', '', {}, 'ok', { orders: ['o2'] })], final: { orders: [bought] } })).length, 1);
  assert.equal(ids(of({ operations: [call('order', 'o1', { user: 'ada' }, 'fail', { status: 404 })] })).length, 1);
});

test('carts: what was put in, less what was bought', () => {
  const add = (/** @type {'ok' | 'info'} */ type) => call('add', 'ada p', { user: 'ada', product: 'p', quantity: 2 }, type);
  const lines = [{ order: 'o1', user: 'ada', product: 'p', quantity: 2 }];
  /** @param {any[]} operations @param {number} left */
  const said = (operations, left) => carts(of({
    operations, final: { orders: [bought], lines, carts: left ? [{ user: 'ada', product: 'p', quantity: left }] : [] },
  }));
  assert.deepEqual(said([add('ok')], 0), []);
  assert.deepEqual(said([add('ok'), add('info')], 2), []);
  assert.deepEqual(said([add('ok'), add('info')], 0), []);
  assert.ok(said([add('ok'), add('ok')], 0).length > 0, 'lost');
  assert.ok(said([add('ok')], 2).length > 0, 'bought and still there');
});
