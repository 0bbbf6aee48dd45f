import { useEffect, useState, type SubmitEvent } from 'react';

import { orderRecordKey } from '../api/get-order-record';
import { orderRecordsKey } from '../api/list-order-records';
import { refundOrder } from '../api/refund-order';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { Modal } from '@/components/ui/modal';
import { ErrorNotice } from '@/components/ui/notice';
import { useToast } from '@/components/ui/toasts';
import { beginAttempt, pursue } from '@/lib/attempts';
import { focusFirstInvalid, recoverFocusLater } from '@/lib/focus';
import { formatMoney } from '@/lib/money';
import { queryCache } from '@/lib/query-cache';
import { useSubmit } from '@/lib/use-submit';
import type { Order } from '@/types/api';

/** Calls an order off, once, with a reason that stays in its history. */
export function RefundButton({ order, userId }: { order: Order; userId: string }) {
  const toast = useToast();
  const [isOpen, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const [fieldError, setFieldError] = useState<string>();
  // A refunded order has no such button any more.
  useEffect(() => recoverFocusLater, []);
  const { run, isBusy, error } = useSubmit(async () => {
    const body = { orderId: order.id, reason: reason.trim() };
    try {
      await pursue(await beginAttempt(`${userId}/refund/${order.id}`, body), refundOrder);
      toast({ tone: 'success', title: 'The order is called off' });
      setOpen(false);
    } finally {
      queryCache.invalidate(orderRecordKey(order.id));
      queryCache.invalidate(orderRecordsKey);
    }
  });
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setFieldError(reason.trim() ? undefined : 'Please say why.');
    if (reason.trim()) void run();
    else focusFirstInvalid(event.currentTarget);
  };
  return (
    <>
      <Button
        variant="danger"
        onClick={() => {
          setOpen(true);
        }}
      >
        Refund
      </Button>
      {isOpen && (
        <Modal
          title="Refund this order"
          onClose={() => {
            setOpen(false);
          }}
        >
          <form noValidate onSubmit={onSubmit} className="space-y-4">
            <p>
              {formatMoney(order.total)} goes back to the buyer’s wallet, and the goods to the
              stock. That cannot be taken back.
            </p>
            <Input
              label="Why"
              hint="It stays in the history of the order, with your name."
              maxLength={200}
              value={reason}
              error={fieldError}
              onChange={(event) => {
                setReason(event.target.value);
              }}
            />
            {error && <ErrorNotice error={error} />}
            <Button type="submit" variant="danger" isBusy={isBusy}>
              Refund {formatMoney(order.total)}
            </Button>
          </form>
        </Modal>
      )}
    </>
  );
}
