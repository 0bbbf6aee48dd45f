import '@testing-library/jest-dom/vitest';

import { cleanup } from '@testing-library/react';
import { afterEach } from 'vitest';

afterEach(() => {
  cleanup();
  localStorage.clear();
  sessionStorage.clear();
});

// What jsdom has no part of.
HTMLDialogElement.prototype.showModal = function () {
  this.open = true;
};
HTMLDialogElement.prototype.close = function () {
  this.open = false;
};

/** Locks of one tab: one holder of a name at a time, in the order in which they asked. */
const holders = new Map<string, Promise<unknown>>();
Object.defineProperty(navigator, 'locks', {
  value: {
    request: <T>(name: string, work: () => Promise<T>): Promise<T> => {
      const turn = (holders.get(name) ?? Promise.resolve()).then(work, work);
      holders.set(
        name,
        turn.catch(() => undefined),
      );
      return turn;
    },
  },
});
