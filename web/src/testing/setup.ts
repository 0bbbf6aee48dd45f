import '@testing-library/jest-dom/vitest';

import { cleanup } from '@testing-library/react';
import { afterEach } from 'vitest';

afterEach(() => {
  cleanup();
  localStorage.clear();
  sessionStorage.clear();
  // The tabs of a test are gone, and so is what they held.
  holders.clear();
});

// What jsdom has no part of.
HTMLDialogElement.prototype.showModal = function () {
  this.open = true;
};
HTMLDialogElement.prototype.close = function () {
  this.open = false;
};

type Work<T> = () => Promise<T>;

/** Locks of one tab: one holder of a name at a time, in the order in which they asked. */
const holders = new Map<string, Promise<unknown>>();
Object.defineProperty(navigator, 'locks', {
  value: {
    request: <T>(name: string, ...rest: [Work<T>] | [LockOptions, Work<T>]): Promise<T> => {
      const [options, work] = rest.length === 1 ? [{}, rest[0]] : rest;
      const start = () => {
        options.signal?.throwIfAborted();
        return work();
      };
      const turn = (holders.get(name) ?? Promise.resolve()).then(start, start);
      holders.set(
        name,
        turn.catch(() => undefined),
      );
      return turn;
    },
  },
});
