import { useCallback, useEffect, useRef, useSyncExternalStore } from 'react';

import type { ApiError } from './api-error';
import { keepForOutage, keptForOutage, queryCache, type Entry } from './query-cache';

export interface QueryOptions {
  /** How old an answer may be to be shown without asking again. */
  maxAgeMs?: number;
  /** Of a public read: the last answer is shown during an outage, also after a reload. */
  keep?: boolean;
}

export interface Query<T> {
  data: T | undefined;
  error: ApiError | undefined;
  /** Nothing to show yet, and an answer on its way. */
  isLoading: boolean;
  isFetching: boolean;
  /** What is shown may be out of date: the shop could not be asked. */
  isStale: boolean;
  retry: () => void;
}

const firstRetryMs = 2000;
const longestRetryMs = 15_000;

async function read<T>(key: string, fetcher: () => Promise<T>, keep: boolean): Promise<void> {
  await queryCache.fetch(key, fetcher);
  const { data, error } = queryCache.read<T>(key);
  if (keep && data !== undefined && !error) keepForOutage(key, data);
}

const isOlder = (key: string, maxAgeMs: number) => {
  const { fetchedAt } = queryCache.read(key);
  return fetchedAt === 0 || Date.now() - fetchedAt > maxAgeMs;
};

/** Reads what a component is about to ask for with the same key and options. Never throws. */
export async function readAhead<T>(
  key: string,
  fetcher: () => Promise<T>,
  { maxAgeMs = 0, keep = false }: QueryOptions = {},
): Promise<void> {
  if (isOlder(key, maxAgeMs)) await read(key, fetcher, keep);
}

/** Reads through the cache. A failure that may pass is tried again until it has passed. */
export function useQuery<T>(
  key: string | undefined,
  fetcher: () => Promise<T>,
  { maxAgeMs = 0, keep = false }: QueryOptions = {},
): Query<T> {
  const entry = useEntry<T>(key);
  const latestFetcher = useRef(fetcher);
  useEffect(() => {
    latestFetcher.current = fetcher;
  });
  const load = useCallback(async () => {
    if (key !== undefined) await read(key, () => latestFetcher.current(), keep);
  }, [key, keep]);
  useEffect(() => {
    if (key !== undefined && isOlder(key, maxAgeMs)) void load();
  }, [key, maxAgeMs, load]);
  useInvalidated(key, entry, load);
  useRetries(entry.error, load);

  const kept =
    keep && key !== undefined && entry.error ? (keptForOutage(key) as T | undefined) : undefined;
  const data = entry.data ?? kept;
  return {
    data,
    error: entry.error,
    isLoading: key !== undefined && data === undefined && entry.error === undefined,
    isFetching: entry.isFetching,
    isStale: data !== undefined && entry.error !== undefined,
    retry: () => void load(),
  };
}

function useEntry<T>(key: string | undefined): Entry<T> {
  const subscribe = useCallback(
    (listener: () => void) => queryCache.subscribe(key ?? '', listener),
    [key],
  );
  return useSyncExternalStore(subscribe, () => queryCache.read<T>(key ?? ''));
}

/** What was invalidated while it is on the screen is fetched again at once. */
function useInvalidated(key: string | undefined, entry: Entry, load: () => Promise<void>) {
  const isInvalidated =
    key !== undefined && entry.data !== undefined && entry.fetchedAt === 0 && !entry.error;
  useEffect(() => {
    if (isInvalidated) void load();
  }, [isInvalidated, load]);
}

function useRetries(error: ApiError | undefined, load: () => Promise<void>) {
  const failures = useRef(0);
  useEffect(() => {
    if (!error?.isTransient) {
      failures.current = 0;
      return;
    }
    const delay = Math.min(firstRetryMs * 2 ** failures.current, longestRetryMs);
    failures.current += 1;
    const again = () => void load();
    const timer = setTimeout(again, Math.max(delay, (error.retryAfterS ?? 0) * 1000));
    addEventListener('online', again);
    return () => {
      clearTimeout(timer);
      removeEventListener('online', again);
    };
  }, [error, load]);
}
