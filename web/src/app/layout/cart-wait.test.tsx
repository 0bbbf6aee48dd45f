import { act, render, screen } from '@testing-library/react';
import type { ReactNode } from 'react';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { Component as CartPage } from '../routes/cart';
import { Component as CheckoutPage } from '../routes/checkout';
import { SessionContext, type SessionValue } from '@/features/auth/session-context';
import { CartContext, type CartValue } from '@/features/cart/cart-context';
import { aCart } from '@/testing/generators';

const nothing = () => Promise.resolve();
const session: SessionValue = {
  status: 'signed-in',
  user: {
    id: 'u-1',
    email: 'ada@example.com',
    displayName: 'Ada',
    roles: [],
    createTime: '2026-01-02T03:04:05Z',
  },
  error: undefined,
  hasEnded: false,
  login: nothing,
  finishLogin: nothing,
  register: nothing,
  finishExternalLogin: nothing,
  logout: nothing,
  retry: () => undefined,
};
const waiting: CartValue = {
  cart: undefined,
  isGuest: false,
  isSaving: false,
  error: undefined,
  add: () => Promise.resolve(true),
  setQuantity: () => Promise.resolve(true),
  reload: nothing,
  merged: undefined,
  dismissMerged: () => undefined,
};

function shown(page: ReactNode, cart: CartValue) {
  return (
    <MemoryRouter>
      <SessionContext value={session}>
        <CartContext value={cart}>{page}</CartContext>
      </SessionContext>
    </MemoryRouter>
  );
}

const slow = () => screen.queryByText('This takes longer than usual');

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe.each([
  ['cart', <CartPage key="cart" />],
  ['checkout', <CheckoutPage key="checkout" />],
])('the %s', (_, page) => {
  test('says so when the cart takes long, until it is there', () => {
    const { rerender } = render(shown(page, waiting));
    expect(slow()).toBeNull();
    act(() => {
      vi.advanceTimersByTime(1500);
    });
    expect(slow()).not.toBeNull();
    rerender(shown(page, { ...waiting, cart: aCart([]) }));
    expect(slow()).toBeNull();
  });
});
