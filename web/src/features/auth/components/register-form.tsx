import { useState, type SubmitEvent } from 'react';

import {
  checkDisplayName,
  checkEmail,
  checkNewPassword,
  hasErrors,
  passwordMinLength,
  type FieldErrors,
} from './credentials-fields';
import { useSession } from '../session-context';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { ErrorNotice } from '@/components/ui/notice';
import { focusFirstInvalid } from '@/lib/focus';
import { useSubmit } from '@/lib/use-submit';

const blank = { displayName: '', email: '', password: '' };

function check(values: typeof blank): FieldErrors {
  const checked = {
    displayName: checkDisplayName(values.displayName),
    email: checkEmail(values.email),
    password: checkNewPassword(values.password),
  };
  return Object.fromEntries(Object.entries(checked).filter(([, error]) => error));
}

/** Makes an account and signs in. Whoever shows it goes on when the session has changed. */
export function RegisterForm() {
  const { register } = useSession();
  const [values, setValues] = useState(blank);
  const [errors, setErrors] = useState<FieldErrors>({});
  const { run, isBusy, error } = useSubmit(() =>
    register({ ...values, email: values.email.trim(), displayName: values.displayName.trim() }),
  );
  const field = (name: keyof typeof blank) => ({
    value: values[name],
    error: errors[name],
    onChange: (event: { target: { value: string } }) => {
      setValues((before) => ({ ...before, [name]: event.target.value }));
    },
  });

  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const found = check(values);
    setErrors(found);
    if (hasErrors(found)) focusFirstInvalid(event.currentTarget);
    else void run();
  };

  return (
    <form noValidate onSubmit={onSubmit} className="space-y-5">
      {error && <ErrorNotice error={error} />}
      <Input label="Your name" autoComplete="name" maxLength={100} {...field('displayName')} />
      <Input
        label="E-mail address"
        type="email"
        autoComplete="email"
        maxLength={254}
        {...field('email')}
      />
      <Input
        label="Password"
        type="password"
        autoComplete="new-password"
        hint={`At least ${passwordMinLength} characters; a few words are easy to remember.`}
        {...field('password')}
      />
      <Button type="submit" size="large" className="w-full" isBusy={isBusy}>
        Create account
      </Button>
    </form>
  );
}
