import { useEffect, useRef, useState, type SubmitEvent } from 'react';

import { useSession } from '../session-context';
import { CodeInput } from './code-input';
import { Button } from '@/components/ui/button';
import { ErrorNotice } from '@/components/ui/notice';
import { focusFirstInvalid } from '@/lib/focus';
import { useSubmit } from '@/lib/use-submit';

interface SecondStepFormProps {
  challenge: string;
  /** The sign-in has to begin anew. */
  onBack: () => void;
}

/** The second step of a sign-in. Whoever shows it goes on when the session has changed. */
export function SecondStepForm({ challenge, onBack }: SecondStepFormProps) {
  const { finishLogin } = useSession();
  const form = useRef<HTMLFormElement>(null);
  const [code, setCode] = useState('');
  const [codeError, setCodeError] = useState<string>();
  const { run, isBusy, error } = useSubmit(() => finishLogin({ challenge, code }));
  // The form stands where the button was that had the focus.
  useEffect(() => form.current?.querySelector('input')?.focus(), []);

  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setCodeError(code.trim() ? undefined : 'Please enter a code.');
    if (code.trim()) void run();
    else focusFirstInvalid(event.currentTarget);
  };

  return (
    <form ref={form} noValidate onSubmit={onSubmit} className="space-y-5">
      {error && <ErrorNotice error={error} />}
      <p>The password was right. This account also asks for a code.</p>
      <CodeInput value={code} error={codeError} onChange={setCode} />
      <Button type="submit" size="large" className="w-full" isBusy={isBusy}>
        Go on
      </Button>
      <Button variant="quiet" className="w-full" onClick={onBack}>
        Back
      </Button>
    </form>
  );
}
