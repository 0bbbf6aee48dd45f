import { useState, type SubmitEvent } from 'react';

import { sagaKey } from '../api/get-saga';
import { sagasKey } from '../api/list-sagas';
import type { SagaCommand } from '../saga-commands';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { Modal } from '@/components/ui/modal';
import { ErrorNotice } from '@/components/ui/notice';
import { useToast } from '@/components/ui/toasts';
import { focusFirstInvalid } from '@/lib/focus';
import { queryCache } from '@/lib/query-cache';
import { useSubmit } from '@/lib/use-submit';

interface SagaCommandButtonProps {
  command: SagaCommand;
  orderId: string;
}

/** A command, with the note that stays in the saga's history for ever. */
export function SagaCommandButton({ command, orderId }: SagaCommandButtonProps) {
  const toast = useToast();
  const [isOpen, setOpen] = useState(false);
  const [note, setNote] = useState('');
  const [fieldError, setFieldError] = useState<string>();
  const { run, isBusy, error } = useSubmit(async () => {
    try {
      toast({ tone: 'success', title: await command.run(orderId, note.trim()) });
      setOpen(false);
      setNote('');
    } finally {
      queryCache.invalidate(sagaKey(orderId));
      queryCache.invalidate(sagasKey);
    }
  });
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setFieldError(note.trim() ? undefined : 'Please say why.');
    if (note.trim()) void run();
    else focusFirstInvalid(event.currentTarget);
  };
  const variant = command.isDangerous ? 'danger' : 'primary';
  return (
    <>
      <Button
        variant={variant}
        onClick={() => {
          setOpen(true);
        }}
      >
        {command.name}
      </Button>
      {isOpen && (
        <Modal
          title={command.name}
          onClose={() => {
            setOpen(false);
          }}
        >
          <form noValidate onSubmit={onSubmit} className="space-y-4">
            <p>{command.explanation}</p>
            <Input
              label="Why"
              hint="It stays in the history of the saga, with your name."
              value={note}
              error={fieldError}
              onChange={(event) => {
                setNote(event.target.value);
              }}
            />
            {error && <ErrorNotice error={error} />}
            <Button type="submit" variant={variant} isBusy={isBusy}>
              {command.name}
            </Button>
          </form>
        </Modal>
      )}
    </>
  );
}
