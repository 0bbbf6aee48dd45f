import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { ApiError } from './api-error';
import {
  beginAttempt,
  isRecent,
  openAttempt,
  pursue,
  settleAttempt,
  type Attempt,
} from './attempts';
import { storageKeys } from './storage';

const scope = 'user-1/checkout';
const place = `${storageKeys.attempts}/${scope}`;
const unanswered = () => new ApiError(0, {});
const refusal = (reason: string, status = 409) => new ApiError(status, { reason });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Runs through all pauses. */
async function settled<T>(promise: Promise<T>): Promise<T> {
  const outcome = promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  await vi.runAllTimersAsync();
  const result = await outcome;
  if ('error' in result) throw result.error;
  return result.value;
}

describe('an attempt', () => {
  test('has one key for its scope until it is settled, whatever is asked meanwhile', async () => {
    const first = await beginAttempt(scope, { total: 1 });
    expect(await beginAttempt(scope, { total: 2 })).toEqual(first);
    expect((await beginAttempt('user-2/checkout', { total: 2 })).key).not.toBe(first.key);
    settleAttempt(first);
    expect(openAttempt(scope)).toBeUndefined();
    expect((await beginAttempt(scope, { total: 2 })).key).not.toBe(first.key);
  });

  test('is in the storage before anything is sent, and is found after a reload', async () => {
    const attempt = await beginAttempt(scope, { total: 1 });
    const send = vi.fn((sent: Attempt) => {
      expect(localStorage.getItem(place)).toContain(sent.key);
      return Promise.resolve('bought');
    });
    await settled(pursue(attempt, send));
    expect(localStorage.getItem(place)).toBeNull();
  });

  test('survives a storage that refuses to store', async () => {
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    const attempt = await beginAttempt(scope, {});
    expect(openAttempt(scope)).toEqual(attempt);
    settleAttempt(attempt);
    expect(openAttempt(scope)).toBeUndefined();
  });

  test('is one for two tabs that begin at once', async () => {
    vi.resetModules();
    const otherTab = await import('./attempts');
    const first = beginAttempt(scope, { total: 1 });
    const second = otherTab.beginAttempt(scope, { total: 2 });
    const attempt = await first;
    // What the browser tells the other tab, a moment later.
    dispatchEvent(new StorageEvent('storage'));
    expect(await second).toEqual(attempt);
    otherTab.settleAttempt(attempt);
    dispatchEvent(new StorageEvent('storage'));
    expect((await beginAttempt(scope, { total: 3 })).key).not.toBe(attempt.key);
  });

  test('is begun by the next tab when the one before has settled its own', async () => {
    vi.resetModules();
    const otherTab = await import('./attempts');
    const first = beginAttempt(scope, { total: 1 });
    const second = otherTab.beginAttempt(scope, { total: 2 });
    settleAttempt(await first);
    expect((await second).body).toEqual({ total: 2 });
    otherTab.settleAttempt(await second);
  });

  test('can be begun where there are no locks', async () => {
    vi.spyOn(navigator.locks, 'request').mockRejectedValue(new DOMException('', 'SecurityError'));
    const attempt = await beginAttempt(scope, { total: 1 });
    expect(openAttempt(scope)).toEqual(attempt);
  });

  test('that somebody has edited in the storage is ignored', () => {
    localStorage.setItem(place, '{"scope":"user-1/checkout"}');
    expect(openAttempt(scope)).toBeUndefined();
  });
});

describe('pursue', () => {
  test.each([
    ['a lost answer', unanswered()],
    ['a gateway that gives up', refusal('', 504)],
    ['a part that is down', refusal('DEPENDENCY_UNAVAILABLE', 503)],
    ['too many requests', refusal('RATE_LIMITED', 429)],
    ['an order before this one', refusal('ORDER_IN_PROGRESS')],
  ])('sends the same key again after %s', async (_, failure) => {
    const attempt = await beginAttempt(scope, {});
    const send = vi.fn<(sent: Attempt) => Promise<string>>();
    send.mockRejectedValueOnce(failure).mockRejectedValueOnce(failure).mockResolvedValue('bought');
    const onRetry = vi.fn();
    await expect(settled(pursue(attempt, send, { onRetry }))).resolves.toBe('bought');
    expect(send.mock.calls.map(([{ key }]) => key)).toEqual(Array(3).fill(attempt.key));
    expect(onRetry).toHaveBeenCalledTimes(2);
    expect(openAttempt(scope)).toBeUndefined();
  });

  test.each([
    refusal('INSUFFICIENT_FUNDS', 402),
    refusal('OUT_OF_STOCK'),
    refusal('CART_CHANGED'),
    refusal('IDEMPOTENCY_KEY_REUSED', 422),
    refusal('INVALID_FIELD', 400),
  ])('gives the key up at the refusal $reason', async (error) => {
    const send = vi.fn().mockRejectedValue(error);
    await expect(settled(pursue(await beginAttempt(scope, {}), send))).rejects.toBe(error);
    expect(send).toHaveBeenCalledOnce();
    expect(openAttempt(scope)).toBeUndefined();
  });

  test('keeps the key for the next sign-in when the session has ended', async () => {
    const attempt = await beginAttempt(scope, {});
    const send = vi.fn().mockRejectedValue(refusal('TOKEN_EXPIRED', 401));
    await expect(settled(pursue(attempt, send))).rejects.toMatchObject({ status: 401 });
    expect(openAttempt(scope)).toEqual(attempt);
  });

  test('keeps the key when the page is left', async () => {
    const attempt = await beginAttempt(scope, {});
    const controller = new AbortController();
    const send = vi.fn(() => {
      controller.abort();
      return Promise.reject(unanswered());
    });
    await expect(
      settled(pursue(attempt, send, { signal: controller.signal })),
    ).rejects.toMatchObject({ status: 0 });
    expect(send).toHaveBeenCalledOnce();
    expect(openAttempt(scope)).toEqual(attempt);
  });

  test('does not wait when the browser comes online again', async () => {
    const send = vi.fn().mockRejectedValueOnce(unanswered()).mockResolvedValue('bought');
    const result = pursue(await beginAttempt(scope, {}), send);
    await vi.advanceTimersByTimeAsync(10);
    dispatchEvent(new Event('online'));
    await vi.advanceTimersByTimeAsync(10);
    await expect(result).resolves.toBe('bought');
  });

  test('sends one at a time, so that two tabs ask for one order', async () => {
    const attempt = await beginAttempt(scope, {});
    let atOnce = 0;
    const send = vi.fn(async () => {
      atOnce += 1;
      expect(atOnce).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 50));
      atOnce -= 1;
      return 'bought';
    });
    await settled(Promise.all([pursue(attempt, send), pursue(attempt, send)]));
    expect(send).toHaveBeenCalledTimes(2);
  });
});

test('an attempt of long ago is not sent again unasked', async () => {
  const attempt = await beginAttempt(scope, {});
  expect(isRecent(attempt)).toBe(true);
  vi.setSystemTime(Date.now() + 11 * 60_000);
  expect(isRecent(attempt)).toBe(false);
});
