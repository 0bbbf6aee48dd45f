import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test, vi } from 'vitest';

import { StockForm } from './stock-form';
import { adjustStock } from '../api/adjust-stock';
import { ToastProvider } from '@/components/ui/toasts';
import { ApiError } from '@/lib/api-error';
import { aRecord } from '@/testing/generators';

vi.mock('../api/adjust-stock');

const renderForm = () =>
  render(<StockForm record={aRecord()} productId="p-1" userId="u-1" />, { wrapper: ToastProvider });
const submit = () => userEvent.click(screen.getByRole('button', { name: 'Correct the stock' }));
const delta = () => screen.getByLabelText('Pieces that come or go');
const why = () => screen.getByLabelText('Why');

beforeEach(() => {
  vi.mocked(adjustStock)
    .mockReset()
    .mockResolvedValue(aRecord({ onHand: '32' }));
});

test('sends by how much, and why', async () => {
  renderForm();
  await userEvent.type(delta(), '+20');
  await userEvent.type(why(), ' A delivery came. ');
  await submit();
  const body = { id: 'p-1', delta: '20', reason: 'A delivery came.' };
  expect(vi.mocked(adjustStock).mock.calls.map(([attempt]) => attempt.body)).toEqual([body]);
  expect(await screen.findByText('There are 32 pieces now')).toBeVisible();
  expect(delta()).toHaveValue('');
});

test.each(['', '0', '1.5', 'ten', '12345678'])('asks for a number instead of %j', async (text) => {
  renderForm();
  if (text) await userEvent.type(delta(), text);
  await userEvent.type(why(), 'x');
  await submit();
  expect(delta()).toBeInvalid();
  expect(delta()).toHaveAccessibleDescription(/how many/);
  expect(adjustStock).not.toHaveBeenCalled();
});

test('asks for a reason', async () => {
  renderForm();
  await userEvent.type(delta(), '-3');
  await submit();
  expect(why()).toBeInvalid();
  expect(adjustStock).not.toHaveBeenCalled();
});

test('says what is reserved when it cannot be taken', async () => {
  const metadata = { onHand: '12', reserved: '4' };
  vi.mocked(adjustStock).mockRejectedValue(
    new ApiError(409, { reason: 'STOCK_RESERVED', metadata }),
  );
  renderForm();
  await userEvent.type(delta(), '-9');
  await userEvent.type(why(), 'x');
  await submit();
  expect(await screen.findByRole('alert')).toHaveTextContent('Of the 12 pieces, 4 are reserved');
  expect(delta()).toHaveValue('-9');
});
