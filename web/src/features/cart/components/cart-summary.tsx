import type { ReactNode } from 'react';

import { Price } from '@/components/ui/price';
import type { Cart } from '@/types/api';

interface CartSummaryProps {
  cart: Cart;
  action: ReactNode;
}

export function CartSummary({ cart, action }: CartSummaryProps) {
  return (
    <section
      aria-labelledby="summary"
      className="rounded-card border border-line bg-surface p-5 shadow-card sm:p-6"
    >
      <h2 id="summary" className="mb-4 text-xl">
        Summary
      </h2>
      <dl className="space-y-2">
        <div className="flex justify-between gap-4">
          <dt className="text-soft">
            {cart.itemCount === 1 ? '1 piece' : `${cart.itemCount} pieces`}
          </dt>
          <dd>
            <Price money={cart.subtotal} />
          </dd>
        </div>
        <div className="flex justify-between gap-4">
          <dt className="text-soft">Delivery</dt>
          <dd>Free</dd>
        </div>
        <div className="flex items-baseline justify-between gap-4 border-t border-line pt-3 text-lg font-semibold">
          <dt>Total</dt>
          <dd>
            <Price money={cart.subtotal} />
          </dd>
        </div>
      </dl>
      <div className="mt-5">{action}</div>
    </section>
  );
}
