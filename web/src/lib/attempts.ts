// Attempts to spend or move money, kept until the shop's answer is definite. An attempt is a key
// and the exact request that goes with it: sent again, after a reload or a lost answer, it has one
// effect. It is written down before the first byte is sent, where all tabs see it.
import { toApiError } from './api-error';
import { pause } from './event-stream';
import { readStored, storageKeys, writeStored } from './storage';
import { withTabLock } from './tab-channel';

export interface Attempt<Body = unknown> {
  /** Whose money, and what for, such as "user/checkout". */
  scope: string;
  key: string;
  body: Body;
  startedAt: number;
}

/** Each has a place of its own: what one tab writes takes nothing away that another has written. */
const placeOf = (scope: string) => `${storageKeys.attempts}/${scope}`;

function isAttempt(value: unknown): value is Attempt {
  return (
    typeof value === 'object' &&
    value !== null &&
    'scope' in value &&
    'key' in value &&
    typeof value.key === 'string' &&
    'body' in value
  );
}

const listeners = new Set<() => void>();

/** Called when an attempt begins or settles here, and when another tab has changed something. */
export function subscribeToAttempts(listener: () => void): () => void {
  listeners.add(listener);
  addEventListener('storage', listener);
  return () => {
    listeners.delete(listener);
    removeEventListener('storage', listener);
  };
}

function tellListeners(): void {
  listeners.forEach((listener) => {
    listener();
  });
}

// Storage may be blocked. Then an attempt outlives a failed request, but not a reload.
const unstored = new Map<string, Attempt>();

/** The attempt whose answer is still open, if there is one. */
export function openAttempt<Body>(scope: string): Attempt<Body> | undefined {
  const stored = readStored(placeOf(scope));
  return (isAttempt(stored) ? stored : unstored.get(scope)) as Attempt<Body> | undefined;
}

/**
 * The open attempt of the scope, with its own body; or a new one with this body. Two tabs that
 * begin at once have the same one: who makes it holds a lock for as long as it is open, and who
 * finds that lock taken waits until the storage shows what was made, which may be a moment later.
 * Where the browser has no locks, two tabs may make two, and the shop refuses one of them.
 */
export function beginAttempt<Body>(scope: string, body: Body): Promise<Attempt<Body>> {
  const openOrNew = () => openAttempt<Body>(scope) ?? write(scope, body);
  const open = openAttempt<Body>(scope);
  if (open || !('locks' in navigator)) return Promise.resolve(open ?? openOrNew());
  const waiting = new AbortController();
  return new Promise((resolve) => {
    const unsubscribe = subscribeToAttempts(() => {
      const found = openAttempt<Body>(scope);
      if (!found) return;
      waiting.abort();
      unsubscribe();
      resolve(found);
    });
    const hold = () => {
      unsubscribe();
      const attempt = openOrNew();
      resolve(attempt);
      return settlementOf(attempt);
    };
    navigator.locks
      .request(`cartwright.open.${scope}`, { signal: waiting.signal }, hold)
      .catch(() => {
        // Another tab's was found; or else this browser lets nobody have locks.
        if (waiting.signal.aborted) return;
        unsubscribe();
        resolve(openOrNew());
      });
  });
}

function write<Body>(scope: string, body: Body): Attempt<Body> {
  const attempt = { scope, key: crypto.randomUUID(), body, startedAt: Date.now() };
  if (!writeStored(placeOf(scope), attempt)) unstored.set(scope, attempt);
  tellListeners();
  return attempt;
}

/** Resolves when the attempt is settled, in whatever tab. */
function settlementOf({ scope, key }: Attempt): Promise<void> {
  return new Promise((resolve) => {
    const unsubscribe = subscribeToAttempts(() => {
      if (openAttempt(scope)?.key === key) return;
      unsubscribe();
      resolve();
    });
  });
}

/** The answer is there: the key is not needed any more. */
export function settleAttempt({ scope, key }: Attempt): void {
  if (openAttempt(scope)?.key !== key) return;
  unstored.delete(scope);
  writeStored(placeOf(scope), undefined);
  tellListeners();
}

const recentMs = 10 * 60_000;

/**
 * Whether somebody still expects it: what was left longer ago is not sent again without being asked
 * for.
 */
export function isRecent({ startedAt }: Attempt): boolean {
  return Date.now() - startedAt < recentMs;
}

export interface AttemptOptions {
  signal?: AbortSignal;
  /** Called when no definite answer came and it is tried again. */
  onRetry?: (error: unknown) => void;
}

const shortestPauseMs = 1000;
const longestPauseMs = 15_000;

/**
 * Sends an attempt until the answer is definite, in one tab at a time. A refusal is thrown, and so
 * is a session that has ended, which leaves the attempt open for the next sign-in. Aborting leaves
 * it open too.
 */
export function pursue<Body, Result>(
  attempt: Attempt<Body>,
  send: (attempt: Attempt<Body>) => Promise<Result>,
  { signal, onRetry }: AttemptOptions = {},
): Promise<Result> {
  return withTabLock(`attempt.${attempt.scope}`, async () => {
    for (let pauseMs = shortestPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      try {
        const result = await send(attempt);
        settleAttempt(attempt);
        return result;
      } catch (thrown) {
        const error = toApiError(thrown);
        if (error.isDefinite) settleAttempt(attempt);
        if (error.isDefinite || error.status === 401 || signal?.aborted) throw error;
        onRetry?.(error);
        await pause(Math.max(pauseMs, (error.retryAfterS ?? 0) * 1000), signal);
        if (signal?.aborted) throw error;
      }
    }
  });
}
