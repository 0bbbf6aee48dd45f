import { useState, type SubmitEvent } from 'react';

import { changePassword } from '../api/change-password';
import { useSecondFactor } from '../api/get-second-factor';
import { sessionsKey } from '../api/list-sessions';
import { CodeInput } from './code-input';
import { checkNewPassword, hasErrors, passwordMinLength } from './credentials-fields';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { ErrorNotice } from '@/components/ui/notice';
import { useToast } from '@/components/ui/toasts';
import { focusFirstInvalid } from '@/lib/focus';
import { queryCache } from '@/lib/query-cache';
import { useSubmit } from '@/lib/use-submit';

/** Changes the password; the shop then ends every other session. */
export function PasswordForm() {
  const toast = useToast();
  const [currentPassword, setCurrentPassword] = useState('');
  const [newPassword, setNewPassword] = useState('');
  const [code, setCode] = useState('');
  const asksForCode = useSecondFactor().data?.enabled ?? false;
  const [errors, setErrors] = useState<{ current?: string; next?: string; code?: string }>({});
  const { run, isBusy, error } = useSubmit(async () => {
    await changePassword({ currentPassword, newPassword, ...(asksForCode && { code }) });
    setCode('');
    setCurrentPassword('');
    setNewPassword('');
    queryCache.invalidate(sessionsKey);
    toast({ tone: 'success', title: 'Password changed', text: 'Other devices are signed out.' });
  });

  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const next = checkNewPassword(newPassword);
    const found = {
      ...(!currentPassword && { current: 'Please enter your password as it is now.' }),
      ...(next && { next }),
      ...(asksForCode && !code.trim() && { code: 'Please enter a code.' }),
    };
    setErrors(found);
    if (hasErrors(found)) focusFirstInvalid(event.currentTarget);
    else void run();
  };

  return (
    <form noValidate onSubmit={onSubmit} className="max-w-md space-y-5">
      {error && <ErrorNotice error={error} />}
      <Input
        label="Current password"
        type="password"
        autoComplete="current-password"
        value={currentPassword}
        error={errors.current}
        onChange={(event) => {
          setCurrentPassword(event.target.value);
        }}
      />
      <Input
        label="New password"
        type="password"
        autoComplete="new-password"
        hint={`At least ${passwordMinLength} characters.`}
        value={newPassword}
        error={errors.next}
        onChange={(event) => {
          setNewPassword(event.target.value);
        }}
      />
      {asksForCode && <CodeInput value={code} error={errors.code} onChange={setCode} />}
      <Button type="submit" isBusy={isBusy}>
        Change password
      </Button>
    </form>
  );
}
