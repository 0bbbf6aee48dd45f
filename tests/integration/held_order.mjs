// An order between its decision and its end, for as long as a test wants.

import { Lock } from './lock.mjs';
import { eventually, productsInStock, query, Shopper } from './shop.mjs';

/**
 * A shopper, and their order that is decided but cannot be settled until `release` is called, or the
 * test ends.
 * @param {import('node:test').TestContext} t
 */
export async function heldOrder(t) {
  const [product] = await productsInStock();
  const shopper = await Shopper.withMoney(5 * Number(product.price.minorUnits));
  await shopper.add(product.id, 1);
  const lock = await Lock.take('LOCK TABLE wallet.journal IN EXCLUSIVE MODE');
  const checkout = shopper.checkout().catch(() => undefined);
  let held = true;
  const release = async () => {
    if (!held) return;
    held = false;
    await lock.release();
    await checkout;
  };
  t.after(release);
  const [[order]] = await eventually('it is decided', async () => {
    const rows = await query(`SELECT order_id FROM orders.saga WHERE user_id = '${shopper.id}' AND state = 'COMMITTING'`);
    return rows.length ? rows : undefined;
  });
  return { shopper, order, release };
}
