import { act, renderHook, waitFor } from '@testing-library/react';
import { useLayoutEffect } from 'react';
import { beforeEach, expect, test, vi } from 'vitest';

import { addItem } from './api/add-item';
import { getCart } from './api/get-cart';
import { mergeCart } from './api/merge-cart';
import { changeGuestCart, guestItems, removeMerged } from './guest-cart';
import { useUserCart } from './use-user-cart';
import { ToastProvider } from '@/components/ui/toasts';
import type { TabMessage } from '@/lib/tab-channel';
import { aCart, aLine, aProduct } from '@/testing/generators';
import type { Cart } from '@/types/api';

vi.mock('./api/add-item');
vi.mock('./api/get-cart');
vi.mock('./api/merge-cart');

const listeners = new Map<TabMessage, Set<() => void>>();
/** What another tab says. */
const hear = (message: TabMessage) => {
  act(() => {
    listeners.get(message)?.forEach((listener) => {
      listener();
    });
  });
};
vi.mock('@/lib/tab-channel', () => ({
  tellOtherTabs: () => undefined,
  onTabMessage: (message: TabMessage, listener: () => void) => {
    const set = listeners.get(message) ?? new Set();
    listeners.set(message, set.add(listener));
    return () => set.delete(listener);
  },
  withTabLock: (_: string, work: () => Promise<unknown>) => work(),
}));

const before = aCart([], { version: 'before' });
const after = aCart([aLine({ quantity: 2 })], { version: 'after' });

interface Session {
  user: string | undefined;
  isRestoring: boolean;
}

const renderCart = (initialProps: Session) =>
  renderHook(({ user, isRestoring }: Session) => useUserCart(user, isRestoring), {
    initialProps,
    wrapper: ToastProvider,
  });

beforeEach(() => {
  removeMerged(guestItems());
  vi.mocked(getCart).mockReset().mockResolvedValue(before);
  vi.mocked(mergeCart).mockReset().mockResolvedValue({ cart: after, adjustments: [] });
  changeGuestCart({ id: 0, kind: 'add', product: aProduct(), quantity: 2 });
});

test('a sign-in merges what the guest had', async () => {
  const { result, rerender } = renderCart({ user: undefined, isRestoring: false });
  rerender({ user: 'user-1', isRestoring: false });
  await waitFor(() => {
    expect(result.current.cart).toEqual(after);
  });
  expect(mergeCart).toHaveBeenCalledOnce();
});

// Its storage may still show the guest's cart that the other tab has merged.
test('a tab that follows a sign-in elsewhere leaves the merge to the other tab', async () => {
  const { result, rerender } = renderCart({ user: undefined, isRestoring: false });
  hear('signed-in');
  rerender({ user: undefined, isRestoring: true });
  rerender({ user: 'user-1', isRestoring: false });
  await waitFor(() => {
    expect(result.current.cart).toEqual(before);
  });
  vi.mocked(getCart).mockResolvedValue(after);
  hear('cart-changed');
  await waitFor(() => {
    expect(result.current.cart).toEqual(after);
  });
  expect(mergeCart).not.toHaveBeenCalled();
});

test('whoever signs in here after a sign-out is no follower any more', async () => {
  const { rerender } = renderCart({ user: undefined, isRestoring: false });
  hear('signed-in');
  rerender({ user: 'user-1', isRestoring: false });
  rerender({ user: undefined, isRestoring: false });
  rerender({ user: 'user-2', isRestoring: false });
  await waitFor(() => {
    expect(mergeCart).toHaveBeenCalledOnce();
  });
});

test('an answer that is overtaken by a later one is not shown', async () => {
  removeMerged(guestItems());
  const { result } = renderCart({ user: 'user-1', isRestoring: false });
  await waitFor(() => {
    expect(result.current.cart).toEqual(before);
  });
  let answerFirst: (cart: Cart) => void = () => undefined;
  vi.mocked(getCart).mockReturnValueOnce(new Promise((resolve) => (answerFirst = resolve)));
  vi.mocked(getCart).mockResolvedValueOnce(after);
  hear('cart-changed');
  hear('cart-changed');
  await waitFor(() => {
    expect(result.current.cart).toEqual(after);
  });
  await act(async () => {
    answerFirst(before);
    await Promise.resolve();
  });
  expect(result.current.cart).toEqual(after);
});

test('a cart whose prices are not known is asked for again by itself', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  try {
    removeMerged(guestItems());
    vi.mocked(getCart).mockResolvedValueOnce(aCart([aLine()], { stale: true }));
    vi.mocked(getCart).mockResolvedValue(after);
    const { result } = renderCart({ user: 'user-1', isRestoring: false });
    await waitFor(() => {
      expect(result.current.cart?.stale).toBe(true);
    });
    await act(() => vi.advanceTimersByTimeAsync(5000));
    expect(result.current.cart).toEqual(after);
  } finally {
    vi.useRealTimers();
  }
});

// The page is there, and what comes after it has been painted has not run yet.
test('what is added the moment a session is there is added', async () => {
  vi.mocked(addItem).mockReset().mockResolvedValue(after);
  const outcomes: Promise<boolean>[] = [];
  const { rerender } = renderHook(
    ({ user }: { user: string | undefined }) => {
      const { add } = useUserCart(user, user === undefined);
      useLayoutEffect(() => {
        if (user !== undefined) outcomes.push(add(aProduct(), 2));
      }, [user, add]);
    },
    { initialProps: { user: undefined as string | undefined }, wrapper: ToastProvider },
  );
  rerender({ user: 'user-1' });
  await waitFor(() => {
    expect(outcomes).toHaveLength(1);
  });
  expect(await outcomes[0]).toBe(true);
  expect(addItem).toHaveBeenCalledOnce();
});
