import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';

import { LoginForm } from './login-form';
import { SessionContext, type SessionValue } from '../session-context';
import { anonymous } from '../session-state';
import { ApiError } from '@/lib/api-error';

const nothing = () => Promise.resolve();

/** The form of somebody who has typed address and password. */
async function showForm(session: Partial<SessionValue>) {
  const value = {
    ...anonymous,
    register: nothing,
    logout: nothing,
    finishExternalLogin: nothing,
    retry: () => undefined,
  };
  render(
    <SessionContext value={{ ...value, login: nothing, finishLogin: nothing, ...session }}>
      <LoginForm />
    </SessionContext>,
  );
  await userEvent.type(screen.getByLabelText('E-mail address'), 'ada@example.com');
  await userEvent.type(screen.getByLabelText('Password'), 'a long enough passphrase');
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
}

const challenged = () =>
  Promise.reject(
    new ApiError(401, { reason: 'SECOND_FACTOR_REQUIRED', metadata: { challenge: 'c' } }),
  );

test('a code is asked for when the shop wants one', async () => {
  const finishLogin = vi.fn(nothing);
  await showForm({ login: challenged, finishLogin });
  const code = await screen.findByLabelText('Code');
  expect(code).toHaveFocus();
  await userEvent.click(screen.getByRole('button', { name: 'Go on' }));
  expect(code).toBeInvalid();
  await userEvent.type(code, '123 456{Enter}');
  expect(finishLogin).toHaveBeenCalledExactlyOnceWith({ challenge: 'c', code: '123 456' });
});

test('whoever goes back begins with the password', async () => {
  await showForm({ login: challenged });
  await userEvent.click(await screen.findByRole('button', { name: 'Back' }));
  expect(screen.getByLabelText('Password')).toHaveValue('');
  expect(screen.getByLabelText('E-mail address')).toHaveValue('ada@example.com');
});

test('any other refusal is said where it happened', async () => {
  const login = () => Promise.reject(new ApiError(401, { reason: 'INVALID_CREDENTIALS' }));
  await showForm({ login });
  expect(await screen.findByRole('alert')).toHaveTextContent('That did not match');
  expect(screen.queryByLabelText('Code')).toBeNull();
});

test('a password is hidden while it is typed, and may be pasted', async () => {
  await showForm({ login: challenged });
  await userEvent.click(await screen.findByRole('button', { name: 'Back' }));
  const field = screen.getByLabelText('Password');
  expect(field).toHaveAttribute('type', 'password');
  expect(field).toHaveAttribute('autocomplete', 'current-password');
  await userEvent.click(field);
  await userEvent.paste('a pasted passphrase of a manager');
  expect(field).toHaveValue('a pasted passphrase of a manager');
});
