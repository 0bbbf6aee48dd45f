// What a thing costs, in cents, and how its price ends. Shops round: nobody asks 131.37 for a chair.

/** @typedef {'round' | 'ninety' | 'half' | 'ninetyFive'} Ending */

/**
 * For each way of ending, in steps that grow with the price: [prices below, step, taken off].
 * 13137 with "ninety" is rounded to a multiple of 1000 and 100 is taken off: 12900.
 * @type {Record<Ending, [number, number, number][]>}
 */
const steps = {
  round: [
    [2000, 100, 0],
    [10000, 200, 0],
    [50000, 500, 0],
    [200000, 2000, 0],
    [Infinity, 5000, 0],
  ],
  ninety: [
    [6000, 100, 10],
    [50000, 1000, 100],
    [Infinity, 5000, 1000],
  ],
  half: [
    [4000, 50, 0],
    [20000, 250, 0],
    [50000, 500, 50],
    [Infinity, 2500, 0],
  ],
  ninetyFive: [
    [1000, 100, 1],
    [20000, 100, 5],
    [60000, 1000, 50],
    [Infinity, 5000, 500],
  ],
};

/**
 * @param {number} minor the price that the model came to
 * @param {Ending} ending
 * @returns {number} a believable price near it, at least 1.90
 */
export function roundPrice(minor, ending) {
  const [, step, off] = steps[ending].find(([below]) => minor < below) ?? steps[ending][0];
  return Math.max(190, Math.round(minor / step) * step - off);
}

/**
 * The price of one product: what the kind costs, times its material, its size, how many are in the
 * set (a set of four costs less than four times one), its maker's standing and a little chance,
 * kept within the bounds that are believable for the kind.
 * @param {{base: number, low: number, high: number, factors: number[], count: number, ending: Ending}} of
 * @returns {number}
 */
export function priceOf({ base, low, high, factors, count, ending }) {
  const raw = factors.reduce((price, factor) => price * factor, base) * count ** 0.88;
  return roundPrice(Math.min(high, Math.max(low, raw)), ending);
}
