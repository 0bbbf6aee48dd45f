import { useState, type SubmitEvent } from 'react';

import type { Proof } from '../api/disable-second-factor';
import { hasErrors } from './credentials-fields';
import { CodeInput } from './code-input';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { ErrorNotice } from '@/components/ui/notice';
import { focusFirstInvalid } from '@/lib/focus';
import { useSubmit } from '@/lib/use-submit';

interface ProofFormProps {
  /** What the button does. */
  action: string;
  isDangerous?: boolean;
  submit: (proof: Proof) => Promise<void>;
  onCancel: () => void;
}

/** Asks once more for the password and a code, before the factor is changed. */
export function ProofForm({ action, isDangerous = false, submit, onCancel }: ProofFormProps) {
  const [currentPassword, setCurrentPassword] = useState('');
  const [code, setCode] = useState('');
  const [errors, setErrors] = useState<{ password?: string; code?: string }>({});
  const { run, isBusy, error } = useSubmit(() => submit({ currentPassword, code }));
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const found = {
      ...(!currentPassword && { password: 'Please enter your password.' }),
      ...(!code.trim() && { code: 'Please enter a code.' }),
    };
    setErrors(found);
    if (hasErrors(found)) focusFirstInvalid(event.currentTarget);
    else void run();
  };
  return (
    <form noValidate onSubmit={onSubmit} className="max-w-md space-y-5">
      {error && <ErrorNotice error={error} />}
      <Input
        label="Your password"
        type="password"
        autoComplete="current-password"
        value={currentPassword}
        error={errors.password}
        onChange={(event) => {
          setCurrentPassword(event.target.value);
        }}
      />
      <CodeInput value={code} error={errors.code} onChange={setCode} />
      <div className="flex flex-wrap gap-3">
        <Button type="submit" variant={isDangerous ? 'danger' : 'primary'} isBusy={isBusy}>
          {action}
        </Button>
        <Button variant="quiet" onClick={onCancel}>
          Leave it
        </Button>
      </div>
    </form>
  );
}
