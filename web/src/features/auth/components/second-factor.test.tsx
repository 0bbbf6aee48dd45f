import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test, vi } from 'vitest';

import { SecondFactor } from './second-factor';
import { beginSecondFactor } from '../api/begin-second-factor';
import { confirmSecondFactor } from '../api/confirm-second-factor';
import { disableSecondFactor } from '../api/disable-second-factor';
import { regenerateRecoveryCodes } from '../api/regenerate-recovery-codes';
import { ApiError } from '@/lib/api-error';
import { call, get } from '@/lib/api-client';
import { queryCache } from '@/lib/query-cache';

vi.mock('@/lib/api-client');
vi.mock('../api/begin-second-factor');
vi.mock('../api/confirm-second-factor');
vi.mock('../api/disable-second-factor');
vi.mock('../api/regenerate-recovery-codes');

const codes = Array.from({ length: 10 }, (_, i) => `abcdef-ghijkl-mnopqr-stuvw${i}`);
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

const press = (name: string) => userEvent.click(screen.getByRole('button', { name }));

/** What the shop says when it is asked. */
function isOn(enabled: boolean) {
  vi.mocked(get).mockResolvedValue({ enabled, recoveryCodesLeft: enabled ? 10 : 0 });
}

beforeEach(() => {
  vi.resetAllMocks();
  queryCache.remove('user/');
  expect(call).not.toHaveBeenCalled();
});

test('a factor is set up, and its recovery codes are shown once', async () => {
  isOn(false);
  vi.mocked(beginSecondFactor).mockResolvedValue({
    secret,
    uri: `otpauth://totp/Cartwright:ada?secret=${secret}`,
    expiresIn: 600,
  });
  vi.mocked(confirmSecondFactor).mockResolvedValue(codes);
  render(<SecondFactor />);
  await userEvent.click(await screen.findByRole('button', { name: 'Set up a second factor' }));
  await press('Go on');
  expect(screen.getByLabelText('Your password')).toBeInvalid();
  await userEvent.type(screen.getByLabelText('Your password'), 'a long enough passphrase');
  await press('Go on');
  expect(beginSecondFactor).toHaveBeenCalledExactlyOnceWith('a long enough passphrase');
  expect(await screen.findByRole('img', { name: /^QR code/ })).toBeVisible();
  expect(screen.getByLabelText('Key')).toHaveTextContent('GEZD GNBV GY3T QOJQ');
  await userEvent.type(screen.getByLabelText('Code from your app'), '12345');
  await press('Turn it on');
  expect(confirmSecondFactor).not.toHaveBeenCalled();
  isOn(true);
  await userEvent.type(screen.getByLabelText('Code from your app'), '6');
  await press('Turn it on');
  expect(await screen.findByText(codes[9] ?? '')).toBeVisible();
  await press('I have kept them');
  expect(await screen.findByText(/10 of 10 recovery codes/)).toBeVisible();
  expect(screen.queryByText(codes[9] ?? '')).toBeNull();
});

test('a refused code is said, and the password can be given again', async () => {
  isOn(true);
  vi.mocked(disableSecondFactor).mockRejectedValue(new ApiError(401, { reason: 'WRONG_CODE' }));
  render(<SecondFactor />);
  await userEvent.click(await screen.findByRole('button', { name: 'Turn off' }));
  await press('Turn it off');
  expect(screen.getByLabelText('Code')).toBeInvalid();
  await userEvent.type(screen.getByLabelText('Your password'), 'a long enough passphrase');
  await userEvent.type(screen.getByLabelText('Code'), '123456');
  await press('Turn it off');
  expect(await screen.findByRole('alert')).toHaveTextContent('That code did not match');
  await press('Leave it');
  expect(screen.getByRole('button', { name: 'Turn off' })).toBeVisible();
});

test('new recovery codes are copied', async () => {
  isOn(true);
  vi.mocked(regenerateRecoveryCodes).mockResolvedValue(codes);
  const user = userEvent.setup();
  render(<SecondFactor />);
  await user.click(await screen.findByRole('button', { name: 'New recovery codes' }));
  await user.type(screen.getByLabelText('Your password'), 'a long enough passphrase');
  await user.type(screen.getByLabelText('Code'), '123456');
  await user.click(screen.getByRole('button', { name: 'Make new codes' }));
  await user.click(await screen.findByRole('button', { name: 'Copy' }));
  expect(await navigator.clipboard.readText()).toBe(`${codes.join('\n')}\n`);
});
