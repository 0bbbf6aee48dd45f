import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test, vi } from 'vitest';

import { RefundButton } from './refund-button';
import { refundOrder } from '../api/refund-order';
import { ToastProvider } from '@/components/ui/toasts';
import { openAttempt } from '@/lib/attempts';
import { anOrder } from '@/testing/generators';

vi.mock('../api/refund-order');

const order = anOrder();
const openDialog = async () => {
  render(<RefundButton order={order} userId="u-1" />, { wrapper: ToastProvider });
  await userEvent.click(screen.getByRole('button', { name: 'Refund' }));
};
const confirm = () => userEvent.click(screen.getByRole('button', { name: /^Refund .*129/ }));

beforeEach(() => {
  vi.mocked(refundOrder).mockReset().mockResolvedValue({ order, userId: 'u-2' });
});

test('asks for a reason first', async () => {
  await openDialog();
  await confirm();
  expect(screen.getByLabelText('Why')).toBeInvalid();
  expect(refundOrder).not.toHaveBeenCalled();
});

test('refunds once, and leaves nothing open', async () => {
  await openDialog();
  await userEvent.type(screen.getByLabelText('Why'), 'It broke.');
  await confirm();
  expect(await screen.findByText('The order is called off')).toBeVisible();
  const body = { orderId: order.id, reason: 'It broke.' };
  expect(vi.mocked(refundOrder).mock.calls.map(([attempt]) => attempt.body)).toEqual([body]);
  expect(openAttempt(`u-1/refund/${order.id}`)).toBeUndefined();
});
