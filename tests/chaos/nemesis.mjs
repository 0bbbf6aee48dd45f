// Breaks things, as the seed says: which kinds of faults, in which order, how long each. Two lanes run at
// once, so that the network may be cut while a process is down.

import { pause } from './place.mjs';

/**
 * @typedef {import('./faults.mjs').Fault} Fault
 * @typedef {import('./faults.mjs').Context} Context
 * @typedef {import('./random.mjs').Random} Random
 */

/**
 * Some of the faults: about two thirds, and whatever must not be left out.
 * @param {Random} random @param {Fault[]} faults @param {Set<string>} wanted
 */
export function choose(random, faults, wanted) {
  return faults.filter((fault) => random.chance(0.66) || wanted.has(fault.kind));
}

/** Inflicts chosen faults until it is stopped. */
export class Nemesis {
  /**
   * @param {Random} random @param {Fault[]} faults the chosen ones @param {Context} context
   * @param {(line: string) => void} say
   */
  constructor(random, faults, context, say) {
    this.random = random;
    this.faults = faults;
    this.context = context;
    this.say = say;
    this.stopped = false;
    /** @type {Map<string, number>} */
    this.fired = new Map(faults.map(({ kind }) => [kind, 0]));
  }

  /** Resolves after `stop`, when every fault has been mended. */
  async run() {
    await Promise.all(['process', 'network'].map((lane) => this.#runLane(
      this.faults.filter((fault) => fault.lane === lane), this.random.fork())));
  }

  stop() {
    this.stopped = true;
  }

  /** @param {Fault[]} faults @param {Random} random */
  async #runLane(faults, random) {
    /** @type {Fault[]} */
    let bag = [];
    while (!this.stopped && faults.length > 0) {
      // Every kind has its turn before the heavy ones have theirs again.
      if (bag.length === 0) bag = this.#nextBag(faults, random);
      const fault = /** @type {Fault} */ (bag.shift());
      // A fault's choices are its own: how often it fires changes nobody else's.
      const own = random.fork();
      const wait = random.between(200, 1500);
      await this.#pause(wait);
      if (this.stopped) break;
      const happened = await this.#inflict(fault, own);
      // Its turn comes once more: nothing that crashes may be left out.
      if (!happened && fault.crash && bag.length > 0) bag.push(fault);
    }
  }

  /** @param {Fault[]} faults @param {Random} random */
  #nextBag(faults, random) {
    const again = faults.flatMap((fault) => Array(fault.weight - 1).fill(fault));
    return [...random.shuffled(faults), ...random.shuffled(again)];
  }

  /** @param {Fault} fault @param {Random} random @returns {Promise<boolean>} whether it happened */
  async #inflict(fault, random) {
    try {
      this.say(await fault.inflict(random, this.context));
      this.fired.set(fault.kind, (this.fired.get(fault.kind) ?? 0) + 1);
      return true;
    } catch (error) {
      this.say(`${fault.kind}: did not happen (${/** @type {Error} */ (error).message})`);
      return false;
    }
  }

  /** @param {number} ms */
  async #pause(ms) {
    const until = performance.now() + ms;
    while (!this.stopped && performance.now() < until) await pause(Math.min(50, ms));
  }
}
