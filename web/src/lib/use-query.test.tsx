import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { ApiError } from './api-error';
import { queryCache } from './query-cache';
import { readAhead, useQuery } from './use-query';

const fetcher = vi.fn<() => Promise<string>>();

function Shown({ maxAgeMs = 0, keep = false }: { maxAgeMs?: number; keep?: boolean }) {
  const { data, isLoading, isStale, error, retry } = useQuery('a', fetcher, { maxAgeMs, keep });
  return (
    <>
      <p>{isLoading ? 'loading' : (data ?? `failed ${error?.status ?? ''}`)}</p>
      {isStale && <p>stale</p>}
      <button onClick={retry}>again</button>
    </>
  );
}

beforeEach(() => {
  queryCache.remove('');
  fetcher.mockReset();
});
afterEach(() => {
  vi.useRealTimers();
});

test('shows that it loads, and then what came', async () => {
  fetcher.mockResolvedValue('one');
  render(<Shown />);
  expect(screen.getByText('loading')).toBeVisible();
  expect(await screen.findByText('one')).toBeVisible();
});

test('does not ask again for what is young enough', async () => {
  fetcher.mockResolvedValue('one');
  render(<Shown maxAgeMs={60_000} />).unmount();
  await act(() => Promise.resolve());
  render(<Shown maxAgeMs={60_000} />);
  expect(await screen.findByText('one')).toBeVisible();
  expect(fetcher).toHaveBeenCalledOnce();
});

test('begins with what was read ahead, also during an outage after a reload', async () => {
  fetcher.mockResolvedValueOnce('one');
  await readAhead('a', fetcher, { maxAgeMs: 60_000, keep: true });
  const { unmount } = render(<Shown maxAgeMs={60_000} keep />);
  expect(screen.getByText('one')).toBeVisible();
  expect(fetcher).toHaveBeenCalledOnce();
  unmount();
  queryCache.remove('');
  fetcher.mockRejectedValue(new ApiError(503, {}));
  render(<Shown keep />);
  expect(await screen.findByText('stale')).toBeVisible();
  expect(screen.getByText('one')).toBeVisible();
});

test('keeps what it has during an outage, and recovers by itself', async () => {
  vi.useFakeTimers();
  fetcher.mockResolvedValueOnce('one');
  render(<Shown />);
  await act(() => vi.advanceTimersByTimeAsync(0));
  fetcher.mockRejectedValueOnce(new ApiError(503, {})).mockResolvedValue('two');
  act(() => {
    queryCache.invalidate('a');
  });
  await act(() => vi.advanceTimersByTimeAsync(0));
  expect(screen.getByText('one')).toBeVisible();
  expect(screen.getByText('stale')).toBeVisible();
  await act(() => vi.advanceTimersByTimeAsync(2500));
  expect(screen.getByText('two')).toBeVisible();
  expect(screen.queryByText('stale')).toBeNull();
});

test('shows what the last visit of the tab saw when nothing else is to be had', async () => {
  fetcher.mockResolvedValueOnce('one');
  render(<Shown keep />);
  await screen.findByText('one');
  queryCache.remove('');
  fetcher.mockRejectedValue(new ApiError(503, {}));
  await userEvent.click(screen.getByText('again'));
  expect(await screen.findByText('stale')).toBeVisible();
  expect(screen.getByText('one')).toBeVisible();
});

test('does not try a refusal again', async () => {
  vi.useFakeTimers();
  fetcher.mockRejectedValue(new ApiError(404, {}));
  render(<Shown />);
  await act(() => vi.advanceTimersByTimeAsync(60_000));
  expect(screen.getByText('failed 404')).toBeVisible();
  expect(fetcher).toHaveBeenCalledOnce();
});
