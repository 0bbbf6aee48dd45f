import { useState, type SubmitEvent } from 'react';

import { useDeposit } from '../use-deposit';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { ErrorNotice, Notice } from '@/components/ui/notice';
import { focusFirstInvalid } from '@/lib/focus';
import { formatMoney, fractionDigits, parseAmount } from '@/lib/money';
import type { Money } from '@/types/api';

// The shop's own bound, in minor units.
const most = 1_000_000_000_000n;
const suggestions = ['50', '200', '1000'];

function check(text: string, currencyCode: string): { error?: string; amount?: Money } {
  const minorUnits = parseAmount(text, currencyCode);
  if (minorUnits === undefined) return { error: 'Please enter an amount, such as 50 or 19.90.' };
  if (minorUnits === '0') return { error: 'Please enter more than nothing.' };
  if (BigInt(minorUnits) > most) {
    const limit = formatMoney({ currencyCode, minorUnits: String(most) });
    return { error: `At most ${limit} at once, please.` };
  }
  return { amount: { currencyCode, minorUnits } };
}

interface DepositFormProps {
  userId: string;
  currencyCode: string;
  /** What is missing for something, as a first suggestion. */
  suggestion?: string;
  onDone?: () => void;
}

export function DepositForm({ userId, currencyCode, suggestion = '', onDone }: DepositFormProps) {
  const { run, isBusy, waiting, error } = useDeposit(userId);
  const [text, setText] = useState(suggestion);
  const [fieldError, setFieldError] = useState<string>();

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { error: found, amount } = check(text, currencyCode);
    setFieldError(found);
    if (!amount) focusFirstInvalid(event.currentTarget);
    else if (await run(amount)) {
      setText('');
      onDone?.();
    }
  };

  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="space-y-4">
      {waiting && (
        <Notice title={waiting.title}>{waiting.text} It is deposited once at most.</Notice>
      )}
      {error && <ErrorNotice error={error} />}
      <Input
        label={`Amount in ${currencyCode}`}
        inputMode={fractionDigits(currencyCode) ? 'decimal' : 'numeric'}
        autoComplete="off"
        value={text}
        error={fieldError}
        onChange={(event) => {
          setText(event.target.value);
        }}
      />
      <div className="flex flex-wrap gap-2" role="group" aria-label="Amounts to choose from">
        {suggestions.map((amount) => (
          <Button
            key={amount}
            variant="secondary"
            size="small"
            onClick={() => {
              setText(amount);
            }}
          >
            {check(amount, currencyCode).amount &&
              formatMoney(check(amount, currencyCode).amount).replace(/[.,]00\b/, '')}
          </Button>
        ))}
      </div>
      <Button type="submit" className="w-full" isBusy={isBusy}>
        {isBusy ? 'Adding money…' : 'Add money'}
      </Button>
    </form>
  );
}
