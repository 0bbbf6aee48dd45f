// Somebody who buys and pays in without a pause while the shop is broken, on record.

import { randomUUID } from 'node:crypto';
import { eventually } from './place.mjs';

// While orders fail and carts do not, a cart would soon hold more than there is, and be refused for ever.
const mostInCart = 3;

/** Two loops of one person: deposits, and orders of a piece or a few, of which one in three is cancelled. */
export class Buying {
  stopped = false;
  deposits = 0;
  orders = 0;
  cancelled = 0;
  refused = 0;
  /** @type {Promise<unknown> | undefined} */
  loops;

  /**
   * @param {import('./controls/bench.mjs').Bench} bench
   * @param {import('./people.mjs').Person} person
   * @param {boolean} [pays] false: everything is refused
   */
  static start(bench, person, pays = true) {
    const buying = new Buying();
    const { operations, products } = bench;
    const pay = async () => {
      while (!buying.stopped) {
        const { type } = await operations.deposit(person, randomUUID(), 1000);
        if (type === 'ok') buying.deposits++;
      }
    };
    const buy = async () => {
      let inCart = 0;
      for (let turn = 0; !buying.stopped; turn++) {
        if (inCart < mostInCart) {
          await operations.add(person, products[turn % products.length], 1);
          inCart++;
        }
        const { type, result } = await operations.checkout(person, randomUUID());
        if (type === 'ok' ? result.outcome !== 'REJECTED' : result?.reason === 'EMPTY_CART') inCart = 0;
        if (type !== 'ok') continue;
        if (result.outcome === 'REJECTED') buying.refused++;
        else buying.orders++;
        if (result.outcome === 'CONFIRMED' && turn % 3 === 2) {
          const cancel = await operations.cancel(person, result.order, randomUUID());
          if (cancel.type === 'ok') buying.cancelled++;
        }
      }
    };
    buying.loops = Promise.all(pays ? [pay(), buy()] : [buy()]);
    return buying;
  }

  /** Waits until so many more deposits and orders were acknowledged. @param {number} count */
  acknowledged(count) {
    const wanted = [this.deposits + count, this.orders + count];
    return eventually(`${count} more deposits and orders are acknowledged`,
      () => (this.deposits >= wanted[0] && this.orders >= wanted[1] ? true : undefined));
  }

  async stop() {
    this.stopped = true;
    await this.loops;
  }
}
