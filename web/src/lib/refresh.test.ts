import { beforeEach, describe, expect, test, vi } from 'vitest';

import { accessToken, clearAccessToken, setAccessToken } from './access-token';
import { onSessionEnded, refreshAccessToken } from './refresh';
import { readStored, storageKeys, writeStored } from './storage';

const answer = (status: number, body: object) =>
  Promise.resolve(new Response(JSON.stringify(body), { status }));
const token = (value: string) => answer(200, { accessToken: value, expiresIn: 600 });

const fetchStub = vi.fn<typeof fetch>();

beforeEach(() => {
  clearAccessToken();
  writeStored(storageKeys.signedIn, true);
  fetchStub.mockReset();
  vi.stubGlobal('fetch', fetchStub);
});

describe('refreshing', () => {
  test('puts the new token into memory and not into a storage', async () => {
    fetchStub.mockReturnValue(token('secret-1'));
    await refreshAccessToken();
    expect(accessToken()).toBe('secret-1');
    expect(
      JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]),
    ).not.toContain('secret-1');
    expect(document.cookie).toBe('');
  });

  test('is done once for all who ask at the same time', async () => {
    fetchStub.mockImplementation(() => token('secret-1'));
    setAccessToken('old', 600);
    await Promise.all([refreshAccessToken('old'), refreshAccessToken('old'), refreshAccessToken()]);
    expect(fetchStub).toHaveBeenCalledOnce();
  });

  test('is not done for a token that was replaced meanwhile', async () => {
    setAccessToken('new', 600);
    await refreshAccessToken('old');
    expect(fetchStub).not.toHaveBeenCalled();
  });

  test('asks again when another tab was faster, and the session goes on', async () => {
    const ended = vi.fn();
    const stop = onSessionEnded(ended);
    fetchStub.mockReturnValueOnce(answer(409, { reason: 'REFRESH_RACED' }));
    fetchStub.mockReturnValueOnce(token('secret-2'));
    await refreshAccessToken();
    expect(accessToken()).toBe('secret-2');
    expect(ended).not.toHaveBeenCalled();
    stop();
  });

  test('waits for its turn among the tabs', async () => {
    const order: string[] = [];
    const otherTab = navigator.locks.request('cartwright.refresh', async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      order.push('other tab');
    });
    fetchStub.mockImplementation(() => {
      order.push('this tab');
      return token('secret-1');
    });
    await Promise.all([otherTab, refreshAccessToken()]);
    expect(order).toEqual(['other tab', 'this tab']);
  });

  test('survives the page being left, so that its cookie arrives', async () => {
    fetchStub.mockReturnValue(token('secret-1'));
    await refreshAccessToken();
    expect(fetchStub.mock.calls[0]?.[1]).toMatchObject({ keepalive: true, method: 'POST' });
  });
});

describe('a lost answer', () => {
  const keys = () =>
    fetchStub.mock.calls.map(([, init]) => new Headers(init?.headers).get('Idempotency-Key'));

  test('is asked for again with the same key', async () => {
    fetchStub.mockRejectedValueOnce(new TypeError('Failed to fetch'));
    fetchStub.mockReturnValueOnce(token('secret-1'));
    await refreshAccessToken();
    expect(accessToken()).toBe('secret-1');
    expect(keys()).toHaveLength(2);
    expect(keys()[0]).toBeTruthy();
    expect(keys()[1]).toBe(keys()[0]);
  });

  test('leaves the key open, also for a page that comes after; a definite one does not', async () => {
    fetchStub.mockReturnValueOnce(answer(504, { reason: 'DEADLINE_EXCEEDED' }));
    await expect(refreshAccessToken()).rejects.toMatchObject({ status: 504 });
    fetchStub.mockImplementation(() => token('secret-1'));
    await refreshAccessToken();
    await refreshAccessToken();
    const [first, second, third] = keys();
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  test('is not asked for offline', async () => {
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    fetchStub.mockRejectedValue(new TypeError('Failed to fetch'));
    await expect(refreshAccessToken()).rejects.toMatchObject({ status: 0 });
    expect(fetchStub).toHaveBeenCalledOnce();
  });
});

describe('a refusal', () => {
  test('ends the session and says so', async () => {
    fetchStub.mockReturnValue(answer(401, { reason: 'TOKEN_INVALID', detail: 'It is used.' }));
    setAccessToken('old', 600);
    const listener = vi.fn();
    const stop = onSessionEnded(listener);
    await expect(refreshAccessToken('old')).rejects.toMatchObject({ status: 401 });
    stop();
    expect(listener).toHaveBeenCalledOnce();
    expect(accessToken()).toBeUndefined();
    expect(readStored(storageKeys.signedIn)).toBeUndefined();
  });

  test('is not asked for when another tab has signed out', async () => {
    writeStored(storageKeys.signedIn, undefined);
    await expect(refreshAccessToken()).rejects.toMatchObject({ status: 401 });
    expect(fetchStub).not.toHaveBeenCalled();
  });
});

test.each([
  ['no answer', () => Promise.reject(new TypeError('Failed to fetch')), 0],
  ['an outage', () => answer(503, { reason: 'DEPENDENCY_UNAVAILABLE' }), 503],
])('%s does not end the session', async (_, reply, status) => {
  fetchStub.mockImplementation(reply);
  const listener = vi.fn();
  const stop = onSessionEnded(listener);
  await expect(refreshAccessToken()).rejects.toMatchObject({ status });
  stop();
  expect(listener).not.toHaveBeenCalled();
  expect(readStored(storageKeys.signedIn)).toBe(true);
});
