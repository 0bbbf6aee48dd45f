// The network may deliver a call twice, and late: calls that the order service made long ago are sent
// again, with its certificate. Each must be answered from what was decided, and change nothing.

import { processNames, kindOf } from './place.mjs';
import { Participants } from './rpc.mjs';
import { readJson } from './sql.mjs';

/** @type {Record<string, string>} */
const lateReserveOfHold = { CAPTURED: 'CAPTURED', RELEASED: 'ABORTED', EXPIRED: 'ABORTED', REFUSED: 'REFUSED' };
/** @type {Record<string, string>} */
const lateReserveOfStock = { COMMITTED: 'COMMITTED', RETURNED: 'COMMITTED', RELEASED: 'ABORTED', REFUSED: 'REFUSED' };

/**
 * Orders, with the states that their participants ended in.
 * @param {string[]} users @param {string} [where]
 * @returns {Promise<(import('./rpc.mjs').Order & {saga: string, hold: string | null, stock: string | null})[]>}
 */
export function readOrders(users, where = 'true') {
  return readJson(`SELECT coalesce(json_agg(r), '[]') FROM (
    SELECT o.order_id, o.hold_id, o.user_id, o.currency, o.total, s.state AS saga, h.state AS hold, r.state AS stock,
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
    await Promise.all([
      send(`reserve of hold ${order.hold_id}`, lateReserveOfHold[order.hold ?? ''], participants.reserveHold(order)),
      send(`reserve of stock ${order.order_id}`, lateReserveOfStock[order.stock ?? ''], participants.reserveStock(order)),
    ]);
    // Capture and release are sent only after the decision: only then is there anything to repeat.
    if (['CONFIRMED', 'REFUNDING', 'REFUNDED'].includes(order.saga)) {
      await send(`capture of ${order.hold_id}`, 'CAPTURED', participants.captureHold(order));
      await send(`commit of ${order.order_id}`, order.stock === 'RETURNED' ? undefined : 'COMMITTED', participants.commitStock(order));
    } else if (order.saga === 'CANCELLED') {
      await send(`release of ${order.hold_id}`, order.hold ?? 'RELEASED', participants.releaseHold(order));
      await send(`release of ${order.order_id}`, order.stock ?? 'RELEASED', participants.releaseStock(order));
    }
  }
  participants.close();
  return { sent, wrong };
}
