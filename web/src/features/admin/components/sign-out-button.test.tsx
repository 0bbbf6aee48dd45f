import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test, vi } from 'vitest';

import { SignOutButton } from './sign-out-button';
import { revokeUserSessions } from '../api/revoke-user-sessions';
import { ToastProvider } from '@/components/ui/toasts';

vi.mock('../api/revoke-user-sessions');
vi.mock('../api/list-user-records', () => ({
  useUserRecords: () => ({ users: new Map(), isLoading: false }),
}));

beforeEach(() => {
  vi.mocked(revokeUserSessions).mockReset().mockResolvedValue(2);
});

test('signs nobody out before that is confirmed', async () => {
  render(<SignOutButton userId="u-2" />, { wrapper: ToastProvider });
  await userEvent.click(screen.getByRole('button', { name: 'Sign the buyer out' }));
  expect(revokeUserSessions).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole('button', { name: 'Sign out everywhere' }));
  expect(await screen.findByText('Signed the buyer out of 2 devices')).toBeVisible();
  expect(vi.mocked(revokeUserSessions).mock.calls).toEqual([['u-2']]);
});
