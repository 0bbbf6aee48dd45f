import { lazy, Suspense, useState, type SubmitEvent } from 'react';

import { beginSecondFactor } from '../api/begin-second-factor';
import { confirmSecondFactor } from '../api/confirm-second-factor';
import { CodeInput } from './code-input';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { ErrorNotice } from '@/components/ui/notice';
import { focusFirstInvalid } from '@/lib/focus';
import { useSubmit } from '@/lib/use-submit';
import type { NewSecondFactor } from '@/types/api';

// Few people come here: what draws the code is loaded when somebody does.
const QrCode = lazy(async () => ({ default: (await import('./qr-code')).QrCode }));

interface EnrolFormProps {
  onEnrolled: (recoveryCodes: string[]) => void;
}

/** Sets a second factor up: the password, then a code of the app that was told the secret. */
export function EnrolForm({ onEnrolled }: EnrolFormProps) {
  const [made, setMade] = useState<NewSecondFactor>();
  return made ? (
    <ConfirmForm made={made} onEnrolled={onEnrolled} />
  ) : (
    <BeginForm onMade={setMade} />
  );
}

function BeginForm({ onMade }: { onMade: (made: NewSecondFactor) => void }) {
  const [password, setPassword] = useState('');
  const [fieldError, setFieldError] = useState<string>();
  const { run, isBusy, error } = useSubmit(async () => {
    onMade(await beginSecondFactor(password));
  });
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setFieldError(password ? undefined : 'Please enter your password.');
    if (password) void run();
    else focusFirstInvalid(event.currentTarget);
  };
  return (
    <form noValidate onSubmit={onSubmit} className="max-w-md space-y-5">
      {error && <ErrorNotice error={error} />}
      <Input
        label="Your password"
        type="password"
        autoComplete="current-password"
        value={password}
        error={fieldError}
        onChange={(event) => {
          setPassword(event.target.value);
        }}
      />
      <Button type="submit" isBusy={isBusy}>
        Go on
      </Button>
    </form>
  );
}

function ConfirmForm({ made, onEnrolled }: EnrolFormProps & { made: NewSecondFactor }) {
  const [code, setCode] = useState('');
  const [fieldError, setFieldError] = useState<string>();
  const { run, isBusy, error } = useSubmit(async () => {
    onEnrolled(await confirmSecondFactor(code));
  });
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const isCode = /^\d{6}$/.test(code.replaceAll(' ', ''));
    setFieldError(isCode ? undefined : 'Please enter the six digits that the app shows.');
    if (isCode) void run();
    else focusFirstInvalid(event.currentTarget);
  };
  return (
    <form noValidate onSubmit={onSubmit} className="max-w-md space-y-5">
      {error && <ErrorNotice error={error} />}
      <p>Scan this with an authenticator app, or type the key into it:</p>
      <Suspense fallback={<div className="skeleton size-56 rounded-control" />}>
        <QrCode text={made.uri} label="QR code for an authenticator app" />
      </Suspense>
      <p>
        <code aria-label="Key" className="break-all">
          {made.secret.match(/.{1,4}/g)?.join(' ')}
        </code>
      </p>
      <CodeInput isAppOnly value={code} error={fieldError} onChange={setCode} />
      <Button type="submit" isBusy={isBusy}>
        Turn it on
      </Button>
    </form>
  );
}
