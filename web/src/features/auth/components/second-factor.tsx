import { useState } from 'react';

import { disableSecondFactor } from '../api/disable-second-factor';
import { secondFactorKey, useSecondFactor } from '../api/get-second-factor';
import { sessionsKey } from '../api/list-sessions';
import { regenerateRecoveryCodes } from '../api/regenerate-recovery-codes';
import { EnrolForm } from './enrol-form';
import { ProofForm } from './proof-form';
import { RecoveryCodes } from './recovery-codes';
import { Button } from '@/components/ui/button';
import { LoadFailed } from '@/components/ui/load-failed';
import { useToast } from '@/components/ui/toasts';
import { formatDate } from '@/lib/dates';
import { queryCache } from '@/lib/query-cache';
import type { SecondFactor as State } from '@/types/api';

type Step = 'rest' | 'enrol' | 'new-codes' | 'disable';

/** Whether the account asks for a code besides the password, and all that changes it. */
export function SecondFactor() {
  const { data, error, isLoading, isFetching, retry } = useSecondFactor();
  const [step, setStep] = useState<Step>('rest');
  const [codes, setCodes] = useState<string[]>();
  const toast = useToast();
  const rest = () => {
    setStep('rest');
    setCodes(undefined);
  };
  // The shop has ended every other session.
  const changed = (recoveryCodes?: string[]) => {
    setStep('rest');
    setCodes(recoveryCodes);
    queryCache.invalidate(secondFactorKey);
    queryCache.invalidate(sessionsKey);
  };

  if (codes) return <RecoveryCodes codes={codes} onDone={rest} />;
  if (isLoading) return <div className="skeleton h-24 rounded-card" />;
  if (!data) return error && <LoadFailed error={error} onRetry={retry} isRetrying={isFetching} />;
  if (step === 'enrol') return <EnrolForm onEnrolled={changed} />;
  if (step === 'new-codes') {
    return (
      <ProofForm
        key={step}
        action="Make new codes"
        submit={async (proof) => {
          changed(await regenerateRecoveryCodes(proof));
        }}
        onCancel={rest}
      />
    );
  }
  if (step === 'disable') {
    return (
      <ProofForm
        key={step}
        action="Turn it off"
        isDangerous
        submit={async (proof) => {
          await disableSecondFactor(proof);
          changed();
          toast({ tone: 'success', title: 'The second factor is off' });
        }}
        onCancel={rest}
      />
    );
  }
  return <Resting state={data} onStep={setStep} />;
}

function Resting({ state, onStep }: { state: State; onStep: (step: Step) => void }) {
  const to = (step: Step) => () => {
    onStep(step);
  };
  if (!state.enabled) {
    return (
      <div className="space-y-4">
        <p>
          With one, nobody signs in with your password alone: an app on your phone makes a code that
          is asked for as well.
        </p>
        <Button onClick={to('enrol')}>Set up a second factor</Button>
      </div>
    );
  }
  return (
    <div className="space-y-4">
      <p>
        On since {formatDate(state.createTime)}. {state.recoveryCodesLeft} of 10 recovery codes are
        left.
      </p>
      <div className="flex flex-wrap gap-3">
        <Button variant="secondary" onClick={to('new-codes')}>
          New recovery codes
        </Button>
        <Button variant="danger" onClick={to('disable')}>
          Turn off
        </Button>
      </div>
    </div>
  );
}
