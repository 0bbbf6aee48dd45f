import { render, screen } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { expect, test, vi } from 'vitest';

import { PayPanel } from './pay-panel';
import { ApiError } from '@/lib/api-error';
import { formatMoney } from '@/lib/money';
import { aCart, aLine, eur } from '@/testing/generators';
import type { Order } from '@/types/api';

type Props = Parameters<typeof PayPanel>[0];

function show(overrides: Partial<Props> = {}) {
  render(
    <MemoryRouter>
      <PayPanel
        cart={aCart([aLine()])}
        obstacles={{ unavailable: false, priceChanged: false }}
        wallet={{ available: eur(50_000) }}
        state={{ phase: 'idle' }}
        isSaving={false}
        hasAccepted={false}
        onAccept={vi.fn()}
        renderDeposit={(missing) => <p>deposit {missing.minorUnits}</p>}
        {...overrides}
      />
    </MemoryRouter>,
  );
}

const pay = () => screen.getByRole('button', { name: /^Pay/ });

test('pays what is shown', () => {
  show();
  expect(pay()).toBeEnabled();
  expect(pay()).toHaveTextContent(`Pay ${formatMoney(eur(12_900))}`);
});

test('asks for the money that is missing', () => {
  show({ wallet: { available: eur(12_000) } });
  expect(screen.getByText('deposit 900')).toBeVisible();
  expect(screen.queryByRole('button', { name: /^Pay/ })).toBeNull();
});

test('new prices want consent first', () => {
  show({ obstacles: { unavailable: false, priceChanged: true } });
  expect(pay()).toBeDisabled();
  expect(screen.getByRole('checkbox', { name: /new prices/ })).not.toBeChecked();
});

test('with consent, new prices can be paid', () => {
  show({ obstacles: { unavailable: false, priceChanged: true }, hasAccepted: true });
  expect(pay()).toBeEnabled();
});

test('what cannot be delivered cannot be paid', () => {
  show({ obstacles: { unavailable: true, priceChanged: false } });
  expect(pay()).toBeDisabled();
  expect(screen.getByRole('link', { name: /Mend it/ })).toBeVisible();
});

test.each(['CART_CHANGED', 'EMPTY_CART'])('after %s it leads to the orders', (reason) => {
  show({ state: { phase: 'refused', error: new ApiError(409, { reason }) } });
  expect(screen.getByRole('link', { name: 'Your orders' })).toHaveAttribute('href', '/orders');
});

test('another refusal has nothing to do with the orders', () => {
  show({ state: { phase: 'refused', error: new ApiError(409, { reason: 'PRICE_CHANGED' }) } });
  expect(screen.queryByRole('link', { name: 'Your orders' })).toBeNull();
});

test('without an answer, it says that it is paid once at most', () => {
  show({ state: { phase: 'paying', trouble: new ApiError(0, {}) } });
  expect(screen.getByText(/paid once at most/)).toBeVisible();
  expect(pay()).toHaveAttribute('aria-disabled', 'true');
});

test('what is paid asks for no more money, and cannot be paid again', () => {
  const order = { id: 'order-1', state: 'CONFIRMED' } as Order;
  show({ state: { phase: 'ordered', order }, wallet: { available: eur(0) } });
  expect(screen.queryByText(/^deposit/)).toBeNull();
  expect(screen.getByRole('button', { name: 'Paid' })).toBeDisabled();
});
