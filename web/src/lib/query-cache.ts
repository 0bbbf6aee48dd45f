// What was read from the shop, shared by all components: shown at once when it is asked for again,
// refreshed behind, and kept while the shop cannot be reached.
import { toApiError, type ApiError } from './api-error';

export interface Entry<T = unknown> {
  data?: T;
  error?: ApiError;
  /** When `data` came; 0 when it must be refreshed before it is trusted again. */
  fetchedAt: number;
  isFetching: boolean;
}

const empty: Entry = { fetchedAt: 0, isFetching: false };
const mostStored = 40;
const storagePrefix = 'cartwright.query.';

export class QueryCache {
  private entries = new Map<string, Entry>();
  private running = new Map<string, Promise<unknown>>();
  private listeners = new Map<string, Set<() => void>>();

  read<T>(key: string): Entry<T> {
    return (this.entries.get(key) ?? empty) as Entry<T>;
  }

  subscribe(key: string, listener: () => void): () => void {
    const set = this.listeners.get(key) ?? new Set();
    this.listeners.set(key, set.add(listener));
    return () => set.delete(listener);
  }

  write(key: string, data: unknown): void {
    this.put(key, { data, fetchedAt: Date.now(), isFetching: false });
  }

  /** Fetches, once for all who ask at the same time. Never throws: the entry has the error. */
  fetch<T>(key: string, fetcher: () => Promise<T>): Promise<unknown> {
    const running = this.running.get(key);
    if (running) return running;
    this.put(key, { ...this.read(key), isFetching: true });
    const promise = fetcher()
      .then((data) => {
        if (this.running.get(key) === promise) this.write(key, data);
      })
      .catch((thrown: unknown) => {
        if (this.running.get(key) !== promise) return;
        this.put(key, { ...this.read(key), error: toApiError(thrown), isFetching: false });
      })
      .finally(() => {
        if (this.running.get(key) === promise) this.running.delete(key);
      });
    this.running.set(key, promise);
    return promise;
  }

  /** Everything whose key starts so is refreshed when it is shown next. */
  invalidate(prefix: string): void {
    for (const [key, entry] of this.entries) {
      if (key.startsWith(prefix)) this.put(key, { ...entry, fetchedAt: 0 });
    }
  }

  /** Forgets everything whose key starts so, answers that are on their way included. */
  remove(prefix: string): void {
    for (const key of [...this.entries.keys()].filter((name) => name.startsWith(prefix))) {
      this.running.delete(key);
      this.put(key, empty);
      this.entries.delete(key);
    }
  }

  private put(key: string, entry: Entry): void {
    this.entries.set(key, entry);
    this.listeners.get(key)?.forEach((listener) => {
      listener();
    });
  }
}

export const queryCache = new QueryCache();

/**
 * The last answer of a public read, kept over a reload for the time of an outage. In the tab's
 * session storage, and only what anybody may see.
 */
export function keepForOutage(key: string, data: unknown): void {
  try {
    const names = Object.keys(sessionStorage).filter((name) => name.startsWith(storagePrefix));
    if (names.length >= mostStored && names[0]) sessionStorage.removeItem(names[0]);
    sessionStorage.setItem(storagePrefix + key, JSON.stringify(data));
  } catch {
    // Full or blocked: then an outage shows what is in memory.
  }
}

export function keptForOutage(key: string): unknown {
  try {
    const text = sessionStorage.getItem(storagePrefix + key);
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
