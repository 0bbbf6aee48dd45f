import type { Params } from 'react-router';

/** What a page says about itself besides its component, for app/start.tsx: its route's `handle`. */
export interface PageHandle {
  /** Reads what the page shows first, so that it begins with it. Never throws. */
  readAhead: (parameters: Params, search: string) => Promise<void>;
}
