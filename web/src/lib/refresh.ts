// The silent refresh. A refresh token is good for one use, and one that comes twice ends the
// session; so tabs take turns, by a lock, and one tab refreshes for all of its calls at once.
import { accessToken, clearAccessToken, setAccessToken } from './access-token';
import { ApiError } from './api-error';
import { storageKeys, readStored, writeStored } from './storage';
import { withTabLock } from './tab-channel';
import type { Problem, RefreshResponse } from '@/types/api';

// How long to wait for the answer that another tab had, in milliseconds.
const racePauses = [50, 500, 1500];
// Between asking again for an answer that was lost: all of it within the ten seconds in which the
// shop gives it again to whoever has the key.
const lostPauses = [0, 500, 1500];
// Longer than the gateway's own limit. A request that is given up is asked again with its key; the
// last one has all the time that a slow network takes.
const answerTimeoutMs = 6000;
const lastAnswerTimeoutMs = 20_000;
const pause = (ms: number | undefined) => new Promise((resolve) => setTimeout(resolve, ms));

let running: Promise<void> | undefined;
const listeners = new Set<() => void>();

/** Called when the shop has ended the session; not when somebody signs out here. */
export function onSessionEnded(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * A new access token. With `refused`, the token that was not good any more, it does nothing when
 * there is a newer one already. Throws an ApiError: 401 when the session has ended, any other when
 * that could not be found out.
 */
export function refreshAccessToken(refused?: string): Promise<void> {
  if (refused !== undefined && accessToken() !== refused) return Promise.resolve();
  running ??= withTabLock('refresh', refreshOnce).finally(() => {
    running = undefined;
  });
  return running;
}

async function refreshOnce(): Promise<void> {
  // Another tab may have signed out while this one waited for its turn.
  if (readStored(storageKeys.signedIn) !== true) return endSession(new ApiError(401, {}));
  const key = openKey();
  let response = await answerOf(key);
  // Another tab was faster, and its cookie is here now or in a moment.
  for (let again = 0; response.status === 409 && again < racePauses.length; again += 1) {
    await pause(racePauses[again]);
    response = await answerOf(key);
  }
  if (response.ok) {
    settleKey();
    const body = (await response.json()) as RefreshResponse;
    setAccessToken(body.accessToken, body.expiresIn);
    return;
  }
  const problem = (await response.json().catch(() => ({}))) as Partial<Problem>;
  const error = new ApiError(response.status, problem);
  if (response.status === 401) {
    settleKey();
    endSession(error);
  }
  throw error;
}

/**
 * The key of the refresh whose answer is open, or a new one. The shop's answer uses the cookie up,
 * and when it is lost on its way, the old cookie is all that the browser has; the key proves that who
 * asks again is who asked before, and gets the same answer. It is kept where a reload and the other
 * tabs find it, and says nothing to anybody without the cookie.
 */
function openKey(): string {
  const open = readStored(storageKeys.refreshAttempt);
  if (typeof open === 'string') return open;
  const key = crypto.randomUUID();
  writeStored(storageKeys.refreshAttempt, key);
  return key;
}

function settleKey(): void {
  writeStored(storageKeys.refreshAttempt, undefined);
}

async function answerOf(key: string): Promise<Response> {
  for (let again = 0; ; again += 1) {
    const isLast = again === lostPauses.length;
    try {
      return await send(key, isLast ? lastAnswerTimeoutMs : answerTimeoutMs);
    } catch {
      // Offline, there is nothing to be asked; who wants to know asks again when the line is back.
      if (isLast || !navigator.onLine) throw new ApiError(0, {});
      await pause(lostPauses[again]);
    }
  }
}

// `keepalive` lets the answer's cookie arrive even when the page is left meanwhile.
function send(key: string, timeoutMs: number): Promise<Response> {
  return fetch('/api/auth/refresh', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
    body: '{}',
    keepalive: true,
    signal: AbortSignal.timeout(timeoutMs),
  });
}

function endSession(error: ApiError): never {
  clearAccessToken();
  writeStored(storageKeys.signedIn, undefined);
  listeners.forEach((listener) => {
    listener();
  });
  throw error;
}
