import type { Params } from 'react-router';

/** What a page says about itself besides its component, its route's `handle`. */
export interface PageHandle {
  /** The h1 while it is being found out who is there, for pages that belong to somebody. */
  title?: string;
  /** Reads what the page shows first, so that it begins with it. Never throws. */
  readAhead?: (parameters: Params, search: string) => Promise<void>;
}
