import { useState, type SubmitEvent } from 'react';

import { adjustStock } from '../api/adjust-stock';
import { forgetProduct } from '../api/get-product-record';
import { Facts } from './facts';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { ErrorNotice } from '@/components/ui/notice';
import { useToast } from '@/components/ui/toasts';
import { beginAttempt, pursue } from '@/lib/attempts';
import { focusFirstInvalid } from '@/lib/focus';
import { useSubmit } from '@/lib/use-submit';
import type { ProductRecord } from '@/types/api';

interface StockFormProps {
  record: ProductRecord;
  productId: string;
  userId: string;
}

/** The stock, and its correction: by how much, and why. */
export function StockForm({ record, productId, userId }: StockFormProps) {
  const toast = useToast();
  const [delta, setDelta] = useState('');
  const [reason, setReason] = useState('');
  const [errors, setErrors] = useState<{ delta?: string; reason?: string }>({});
  const { run, isBusy, error } = useSubmit(async () => {
    const body = { id: productId, delta: delta.replace(/^\+/, ''), reason: reason.trim() };
    try {
      const scope = `${userId}/stock/${productId}`;
      const { onHand } = await pursue(await beginAttempt(scope, body), adjustStock);
      toast({ tone: 'success', title: `There are ${onHand} pieces now` });
      setDelta('');
      setReason('');
    } finally {
      forgetProduct(productId);
    }
  });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const isNumber = /^[+-]?\d{1,6}$/.test(delta) && Number(delta) !== 0;
    const found = {
      ...(!isNumber && { delta: 'Please enter how many come or go, such as 20 or -3.' }),
      ...(!reason.trim() && { reason: 'Please say why.' }),
    };
    setErrors(found);
    if (Object.keys(found).length === 0) void run();
    else focusFirstInvalid(event.currentTarget);
  };
  return (
    <section aria-labelledby="stock" className="space-y-4">
      <h2 id="stock" className="text-xl">
        Stock
      </h2>
      <Facts
        facts={[
          ['In stock', record.onHand],
          ['Reserved by open orders', record.reserved],
          ['Can be bought', record.product?.available ?? '–'],
        ]}
      />
      <form noValidate onSubmit={submit} className="space-y-4">
        <Input
          label="Pieces that come or go"
          hint="A minus takes them away."
          autoComplete="off"
          value={delta}
          error={errors.delta}
          onChange={(event) => {
            setDelta(event.target.value.trim());
          }}
        />
        <Input
          label="Why"
          hint="It stays in the history, with your name."
          maxLength={200}
          value={reason}
          error={errors.reason}
          onChange={(event) => {
            setReason(event.target.value);
          }}
        />
        {error && <ErrorNotice error={error} />}
        <Button type="submit" variant="secondary" isBusy={isBusy}>
          Correct the stock
        </Button>
      </form>
    </section>
  );
}
