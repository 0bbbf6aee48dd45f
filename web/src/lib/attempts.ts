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

function stored(): Attempt[] {
  const found = readStored(storageKeys.attempts);
  return Array.isArray(found) ? found.filter(isAttempt) : [];
}

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
let unstored: Attempt[] = [];

function all(): Attempt[] {
  return [...stored(), ...unstored];
}

/** The attempt whose answer is still open, if there is one. */
export function openAttempt<Body>(scope: string): Attempt<Body> | undefined {
  return all().find((attempt) => attempt.scope === scope) as Attempt<Body> | undefined;
}

/** The open attempt of the scope, with its own body; or a new one with this body. */
export function beginAttempt<Body>(scope: string, body: Body): Attempt<Body> {
  const open = openAttempt<Body>(scope);
  if (open) return open;
  const attempt = { scope, key: crypto.randomUUID(), body, startedAt: Date.now() };
  if (!writeStored(storageKeys.attempts, [...stored(), attempt])) unstored.push(attempt);
  tellListeners();
  return attempt;
}

/** The answer is there: the key is not needed any more. */
export function settleAttempt({ key }: Attempt): void {
  unstored = unstored.filter((attempt) => attempt.key !== key);
  const rest = stored().filter((attempt) => attempt.key !== key);
  writeStored(storageKeys.attempts, rest.length ? rest : undefined);
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
