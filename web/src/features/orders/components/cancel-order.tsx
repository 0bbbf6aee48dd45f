import { useState } from 'react';

import { isCancellable } from '../order-status';
import { useCancelOrder } from '../use-cancel-order';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { Modal } from '@/components/ui/modal';
import { ErrorNotice, Notice } from '@/components/ui/notice';
import { useFocusRecovery } from '@/lib/focus';
import { formatMoney } from '@/lib/money';
import type { Order } from '@/types/api';

interface CancelOrderProps {
  order: Order;
  userId: string;
  onCancelled: (order: Order) => void;
}

export function CancelOrder({ order, userId, onCancelled }: CancelOrderProps) {
  const [isOpen, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const { cancel, isBusy, isRetrying, error } = useCancelOrder(userId, order.id, (cancelled) => {
    setOpen(false);
    onCancelled(cancelled);
  });
  useFocusRecovery(isCancellable(order));
  if (!isCancellable(order)) return null;
  const close = () => {
    setOpen(false);
  };
  return (
    <>
      <Button
        variant="danger"
        isBusy={isBusy && !isOpen}
        onClick={() => {
          setOpen(true);
        }}
      >
        Cancel the order
      </Button>
      {isOpen && (
        <Modal
          title="Cancel this order?"
          onClose={close}
          actions={
            <>
              <Button variant="secondary" onClick={close}>
                Keep it
              </Button>
              <Button variant="danger" isBusy={isBusy} onClick={() => void cancel(reason.trim())}>
                Yes, cancel it
              </Button>
            </>
          }
        >
          <p className="mb-4">
            {order.state === 'CONFIRMED'
              ? `${formatMoney(order.total)} go back to your wallet.`
              : 'It is not confirmed yet, so nothing will be charged.'}
          </p>
          <Input
            label="Why?"
            isOptional
            maxLength={200}
            value={reason}
            onChange={(event) => {
              setReason(event.target.value);
            }}
          />
          {isRetrying && (
            <Notice className="mt-4" title="No answer yet">
              We keep asking; it is cancelled once at most.
            </Notice>
          )}
          {error && <ErrorNotice error={error} className="mt-4" />}
        </Modal>
      )}
    </>
  );
}
