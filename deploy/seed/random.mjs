// The only source of chance in the seed data. Every product restarts it from a text of its own,
// so product k depends on nothing but k: neither on how many products are made nor on the machine.

/**
 * A 32-bit hash of a text (FNV-1a with a final mix): spreads similar texts far apart.
 * @param {string} text
 * @returns {number}
 */
export function hash32(text) {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A small generator (mulberry32) that can be restarted from a text; not for secrets. */
export class Random {
  #state = 0;

  /** @param {string} [text] */
  constructor(text = '') {
    this.restart(text);
  }

  /**
   * @param {string} text
   * @returns {Random} itself
   */
  restart(text) {
    this.#state = hash32(text);
    return this;
  }

  /** @returns {number} in [0, 1) */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /**
   * faker's interface for a source of chance; we restart it ourselves, by text.
   * @param {number | number[]} value
   */
  seed(value) {
    this.restart(String(value));
  }

  /**
   * @param {number} low
   * @param {number} high
   * @returns {number} in [low, high)
   */
  range(low, high) {
    return low + (high - low) * this.next();
  }

  /**
   * @param {number} low
   * @param {number} high
   * @returns {number} a whole number in [low, high], both included
   */
  int(low, high) {
    return low + Math.floor((high - low + 1) * this.next());
  }

  /**
   * @param {number} probability
   * @returns {boolean}
   */
  chance(probability) {
    return this.next() < probability;
  }

  /**
   * @template T
   * @param {readonly T[]} list
   * @returns {T}
   */
  pick(list) {
    return list[Math.floor(list.length * this.next())];
  }

  /**
   * @template T
   * @param {readonly T[]} list left as it is
   * @returns {T[]} the same things in another order
   */
  shuffle(list) {
    const out = [...list];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.int(0, i);
      [out[i], out[j]] = [out[j], out[i]];
    }
    return out;
  }
}

/**
 * A number's place in a shuffle of 0..size-1, worked out without shuffling (a Feistel network that
 * is walked until it lands inside): every place is taken once.
 * @param {number} index 0..size-1
 * @param {number} size
 * @param {string} key another shuffle for another key
 * @returns {number}
 */
export function permute(index, size, key) {
  const bits = Math.max(1, Math.ceil(Math.log2(size) / 2));
  const mask = 2 ** bits - 1;
  let at = index;
  do {
    let left = Math.floor(at / 2 ** bits);
    let right = at & mask;
    for (let round = 0; round < 4; round++) {
      [left, right] = [right, left ^ (hash32(`${key} ${round} ${right}`) & mask)];
    }
    at = left * 2 ** bits + right;
  } while (at >= size);
  return at;
}
