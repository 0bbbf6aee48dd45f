// Randomness that can be repeated: everything that a run chooses comes from its seed.

/** A small generator (mulberry32). */
export class Random {
  /** @param {number} seed */
  constructor(seed) {
    this.state = seed | 0;
  }

  /** From 0 up to, not including, 1. */
  next() {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number below `bound`. @param {number} bound */
  below(bound) {
    return Math.floor(this.next() * bound);
  }

  /** A whole number from `low` to `high`, both included. @param {number} low @param {number} high */
  between(low, high) {
    return low + this.below(high - low + 1);
  }

  /** @template T @param {readonly T[]} list @returns {T} */
  pick(list) {
    return list[this.below(list.length)];
  }

  /** @param {number} probability */
  chance(probability) {
    return this.next() < probability;
  }

  /** A copy in another order. @template T @param {readonly T[]} list @returns {T[]} */
  shuffled(list) {
    const copy = [...list];
    for (let at = copy.length - 1; at > 0; at--) {
      const other = this.below(at + 1);
      [copy[at], copy[other]] = [copy[other], copy[at]];
    }
    return copy;
  }

  /** A name of the chosen kind: 32 hexadecimal digits. */
  token() {
    return Array.from({ length: 4 }, () => this.below(2 ** 32).toString(16).padStart(8, '0')).join('');
  }

  /** Another generator, which this one's later choices do not change. */
  fork() {
    return new Random(this.below(2 ** 31));
  }
}
