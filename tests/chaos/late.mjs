// The network may deliver a call twice, and late: calls that the order service made long ago are sent
// again, with its certificate. Each must be answered from what was decided, and change nothing.

import { processNames, kindOf } from './place.mjs';
import { Participants } from './rpc.mjs';
import { readJson } from './sql.mjs';

// By the state of the participant; a cancelled order without any has lost its tombstone.
/** @type {Record<string, string>} */
const lateReserveOfHold = { CAPTURED: 'CAPTURED', RELEASED: 'ABORTED', EXPIRED: 'ABORTED', REFUSED: 'REFUSED' };
/** @type {Record<string, string>} */
const lateReserveOfStock = {
  COMMITTED: 'COMMITTED', RETURNED: 'COMMITTED', RELEASED: 'ABORTED', EXPIRED: 'ABORTED', REFUSED: 'REFUSED',
};

/**
 * Orders, with the states that their participants ended in.
 * @param {string[]} users @param {string} [where]
 * @returns {Promise<(import('./rpc.mjs').Order
 *   & {saga: string, cart_cleared: boolean, hold: string | null, stock: string | null})[]>}
 */
export function readOrders(users, where = 'true') {
  return readJson(`SELECT coalesce(json_agg(r), '[]') FROM (
    SELECT o.order_id, o.hold_id, o.user_id, o.currency, o.total, s.state AS saga, s.cart_cleared, h.state AS hold, r.state AS stock,
      (SELECT refund_id FROM wallet.journal j WHERE j.refund_of = o.hold_id LIMIT 1) AS refund_id,
      (SELECT json_agg(json_build_object('product_id', product_id, 'quantity', quantity) ORDER BY position)
       FROM orders.order_line l WHERE l.order_id = o.order_id) AS lines
    FROM orders.orders o JOIN orders.saga s USING (order_id) LEFT JOIN wallet.hold h USING (hold_id)
      LEFT JOIN catalog.reservation r ON r.order_id = o.order_id
    WHERE o.user_id IN (${users.map((user) => `'${user}'`).join(', ')}) AND ${where}
    ORDER BY o.order_id DESC LIMIT 500) r`);
}

/**
 * Sends some again. A participant that is down, or too slow, is no violation.
 * @param {import('./random.mjs').Random} random
 * @param {string[]} users
 */
export async function resendLate(random, users) {
  const orders = random.shuffled(await readOrders(users)).slice(0, 20);
  const names = processNames();
  const participants = new Participants({
    wallet: random.pick(names.filter((name) => kindOf(name) === 'wallet')),
    catalog: random.pick(names.filter((name) => kindOf(name) === 'catalog')),
    cart: random.pick(names.filter((name) => kindOf(name) === 'cart')),
  });
  /** @type {string[]} */
  const wrong = [];
  let sent = 0;
  /** @param {string} what @param {string | undefined} wanted @param {Promise<string>} call */
  const send = async (what, wanted, call) => {
    const state = await call.catch(() => undefined);
    if (state === undefined) return;
    sent++;
    if (wanted !== undefined && state !== wanted) wrong.push(`late ${what} was answered ${state}, not ${wanted}`);
  };
  for (const order of orders) {
    const none = order.saga === 'CANCELLED' ? 'RELEASED' : '';
    await Promise.all([
      send(`reserve of hold ${order.hold_id}`, lateReserveOfHold[order.hold ?? none], participants.reserveHold(order)),
      send(`reserve of stock ${order.order_id}`, lateReserveOfStock[order.stock ?? none], participants.reserveStock(order)),
    ]);
    // What came into the cart since then is not of this order; the judge of the carts knows what is there.
    if (order.cart_cleared) await send(`removal of ${order.order_id}`, '', participants.removeOrderedItems(order));
    // Capture and release are sent only after the decision: only then is there anything to repeat.
    if (['CONFIRMED', 'REFUNDING', 'REFUNDED'].includes(order.saga)) {
      await send(`capture of ${order.hold_id}`, 'CAPTURED', participants.captureHold(order));
      await send(`commit of ${order.order_id}`, 'COMMITTED', participants.commitStock(order));
    }
    if (order.saga === 'REFUNDED') {
      await send(`refund of ${order.hold_id}`, 'REFUNDED', participants.refundHold(order));
      await send(`return of ${order.order_id}`, 'RETURNED', participants.returnStock(order));
    }
    if (order.saga === 'CANCELLED') {
      await send(`release of ${order.hold_id}`, order.hold ?? 'RELEASED', participants.releaseHold(order));
      await send(`release of ${order.order_id}`, order.stock ?? 'RELEASED', participants.releaseStock(order));
    }
  }
  participants.close();
  return { sent, wrong };
}
