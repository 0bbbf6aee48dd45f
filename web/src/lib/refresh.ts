// The silent refresh. A refresh token is good for one use, and one that comes twice ends the
// session; so tabs take turns, by a lock, and one tab refreshes for all of its calls at once.
import { accessToken, clearAccessToken, setAccessToken } from './access-token';
import { ApiError } from './api-error';
import { storageKeys, readStored, writeStored } from './storage';
import { withTabLock } from './tab-channel';
import type { Problem, RefreshResponse } from '@/types/api';

// How long to wait for the answer that another tab had, in milliseconds.
const racePauses = [50, 500, 1500];
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
  let response = await answerOf();
  // Another tab was faster, and its cookie is here now or in a moment.
  for (let again = 0; response.status === 409 && again < racePauses.length; again += 1) {
    await pause(racePauses[again]);
    response = await answerOf();
  }
  if (response.ok) {
    const body = (await response.json()) as RefreshResponse;
    setAccessToken(body.accessToken, body.expiresIn);
    return;
  }
  const problem = (await response.json().catch(() => ({}))) as Partial<Problem>;
  const error = new ApiError(response.status, problem);
  if (response.status === 401) endSession(error);
  throw error;
}

// `keepalive` lets the answer's cookie arrive even when the page is left meanwhile. Without it, a
// reload at the wrong moment would lose the new cookie, and the old one is used up.
async function answerOf(): Promise<Response> {
  try {
    return await fetch('/api/auth/refresh', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
      keepalive: true,
    });
  } catch {
    throw new ApiError(0, {});
  }
}

function endSession(error: ApiError): never {
  clearAccessToken();
  writeStored(storageKeys.signedIn, undefined);
  listeners.forEach((listener) => {
    listener();
  });
  throw error;
}
