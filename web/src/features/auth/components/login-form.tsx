import { useState, type SubmitEvent } from 'react';

import { checkEmail, hasErrors, type FieldErrors } from './credentials-fields';
import { SecondStepForm } from './second-step-form';
import { useSession } from '../session-context';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { ErrorNotice } from '@/components/ui/notice';
import { toApiError } from '@/lib/api-error';
import { focusFirstInvalid } from '@/lib/focus';
import { useSubmit } from '@/lib/use-submit';

/** Signs in. Whoever shows it goes on when the session has changed. */
export function LoginForm() {
  const { login } = useSession();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [errors, setErrors] = useState<FieldErrors>({});
  const [challenge, setChallenge] = useState<string>();
  const { run, isBusy, error } = useSubmit(async () => {
    try {
      await login({ email: email.trim(), password });
    } catch (thrown) {
      const { reason, metadata } = toApiError(thrown);
      if (reason !== 'SECOND_FACTOR_REQUIRED' || !metadata['challenge']) throw thrown;
      setPassword('');
      setChallenge(metadata['challenge']);
    }
  });

  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const emailError = checkEmail(email);
    const found: FieldErrors = {
      ...(emailError && { email: emailError }),
      ...(!password && { password: 'Please enter your password.' }),
    };
    setErrors(found);
    if (hasErrors(found)) focusFirstInvalid(event.currentTarget);
    else void run();
  };

  if (challenge) {
    return (
      <SecondStepForm
        challenge={challenge}
        onBack={() => {
          setChallenge(undefined);
        }}
      />
    );
  }
  return (
    <form noValidate onSubmit={onSubmit} className="space-y-5">
      {error && <ErrorNotice error={error} />}
      <Input
        label="E-mail address"
        type="email"
        autoComplete="email"
        maxLength={254}
        value={email}
        error={errors.email}
        onChange={(event) => {
          setEmail(event.target.value);
        }}
      />
      <Input
        label="Password"
        type="password"
        autoComplete="current-password"
        value={password}
        error={errors.password}
        onChange={(event) => {
          setPassword(event.target.value);
        }}
      />
      <Button type="submit" size="large" className="w-full" isBusy={isBusy}>
        Sign in
      </Button>
    </form>
  );
}
