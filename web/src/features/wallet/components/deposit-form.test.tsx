import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test, vi } from 'vitest';

import { DepositForm } from './deposit-form';
import { deposit } from '../api/deposit';
import { ApiError } from '@/lib/api-error';
import { beginAttempt, openAttempt } from '@/lib/attempts';
import { eur } from '@/testing/generators';

vi.mock('../api/deposit');

const field = () => screen.getByLabelText('Amount in EUR');
const submit = () => userEvent.click(screen.getByRole('button', { name: 'Add money' }));

beforeEach(() => {
  vi.mocked(deposit).mockReset();
});

test('deposits what was typed, in minor units', async () => {
  vi.mocked(deposit).mockResolvedValue({});
  render(<DepositForm userId="user-1" currencyCode="EUR" />);
  await userEvent.type(field(), '19,90');
  await submit();
  expect(vi.mocked(deposit).mock.calls[0]?.[0].body).toEqual({ amount: eur(1990) });
  expect(field()).toHaveValue('');
  expect(openAttempt('user-1/deposit')).toBeUndefined();
});

test.each(['', 'ten', '0', '99999999999999'])('asks for an amount instead of %j', async (text) => {
  render(<DepositForm userId="user-1" currencyCode="EUR" />);
  if (text) await userEvent.type(field(), text);
  await submit();
  expect(field()).toBeInvalid();
  expect(field()).toHaveAccessibleDescription();
  expect(deposit).not.toHaveBeenCalled();
});

test('one deposit comes of many clicks', async () => {
  let answer: (answered: object) => void = () => undefined;
  vi.mocked(deposit).mockReturnValue(new Promise((resolve) => (answer = resolve)));
  render(<DepositForm userId="user-1" currencyCode="EUR" suggestion="5" />);
  await submit();
  await userEvent.click(screen.getByRole('button', { name: 'Adding money…' }));
  await userEvent.type(field(), '{Enter}');
  expect(deposit).toHaveBeenCalledOnce();
  answer({});
});

test('a deposit that an earlier visit left open is found out first', async () => {
  const attempt = await beginAttempt('user-1/deposit', { amount: eur(500) });
  vi.mocked(deposit).mockResolvedValue({});
  render(<DepositForm userId="user-1" currencyCode="EUR" />);
  await vi.waitFor(() => {
    expect(openAttempt('user-1/deposit')).toBeUndefined();
  });
  expect(vi.mocked(deposit).mock.calls.map(([sent]) => sent)).toEqual([attempt]);
});

test('a refusal is said in words', async () => {
  vi.mocked(deposit).mockRejectedValue(new ApiError(422, { reason: 'IDEMPOTENCY_KEY_REUSED' }));
  render(<DepositForm userId="user-1" currencyCode="EUR" suggestion="5" />);
  await submit();
  expect(await screen.findByRole('alert')).toHaveTextContent('Sent before');
});
