import { useRef, type ReactNode } from 'react';

import { CheckoutLines } from './checkout-lines';
import { PaymentStatus } from './payment-status';
import type { CheckoutState } from '../use-checkout';
import { Button, ButtonLink } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { Price } from '@/components/ui/price';
import { paths } from '@/config/paths';
import { useFocusRecovery } from '@/lib/focus';
import { formatMoney, minorUnitsOf, subtractMoney } from '@/lib/money';
import type { Cart, Money, Wallet } from '@/types/api';

export interface Obstacles {
  unavailable: boolean;
  priceChanged: boolean;
}

interface PayPanelProps {
  cart: Cart;
  obstacles: Obstacles;
  wallet: Wallet | undefined;
  state: CheckoutState;
  /** A cart that is still being saved is not the one that is paid. */
  isSaving: boolean;
  hasAccepted: boolean;
  onAccept: (hasAccepted: boolean) => void;
  renderDeposit: (missing: Money) => ReactNode;
}

/** The order, what stands in its way, and the button that pays. */
export function PayPanel(props: PayPanelProps) {
  const { cart, obstacles, wallet, state, isSaving, hasAccepted, onAccept, renderDeposit } = props;
  const isPaying = state.phase === 'paying';
  // The wallet has paid, and what is left in it says nothing about this cart.
  const isPaid = state.phase === 'ordered' || state.phase === 'ordered-before';
  const isOpen = !isPaying && !isPaid;
  const missing = isOpen ? missingMoney(cart, wallet) : undefined;
  const isDeposit = missing !== undefined && !obstacles.unavailable;
  const pay = useRef<HTMLButtonElement>(null);
  // The form of the deposit goes when there is enough, with the focus that was in it.
  useFocusRecovery(isDeposit, pay);
  return (
    <section
      aria-label="Your order"
      className="space-y-4 rounded-card border border-line bg-surface p-5 shadow-card sm:p-6"
    >
      <CheckoutLines cart={cart} />
      <p className="flex justify-between gap-4 text-soft">
        In your wallet <Price money={wallet?.available} />
      </p>
      <PaymentStatus state={state} />
      {obstacles.unavailable && isOpen && <Unavailable />}
      {obstacles.priceChanged && isOpen && (
        <AcceptPrices hasAccepted={hasAccepted} onAccept={onAccept} />
      )}
      {isDeposit ? (
        <div className="border-t border-line pt-4">
          <p className="mb-3 font-semibold">{formatMoney(missing)} are missing in your wallet.</p>
          {renderDeposit(missing)}
        </div>
      ) : (
        <Button
          ref={pay}
          type="submit"
          form="checkout"
          size="large"
          className="w-full"
          isBusy={isPaying || isSaving}
          disabled={
            isPaid ||
            (!isPaying && (obstacles.unavailable || (obstacles.priceChanged && !hasAccepted)))
          }
        >
          {isPaying ? 'Paying…' : isPaid ? 'Paid' : `Pay ${formatMoney(cart.subtotal)}`}
        </Button>
      )}
    </section>
  );
}

function missingMoney({ subtotal }: Cart, wallet: Wallet | undefined): Money | undefined {
  if (!wallet?.available || !subtotal) return undefined;
  const missing = subtractMoney(subtotal, wallet.available);
  return minorUnitsOf(missing) > 0n ? missing : undefined;
}

function Unavailable() {
  return (
    <Notice
      tone="warning"
      title="Something cannot be delivered"
      actions={
        <ButtonLink to={paths.cart} variant="secondary" size="small">
          Mend it in the cart
        </ButtonLink>
      }
    >
      A product in your cart is sold out, or there are too few of it.
    </Notice>
  );
}

function AcceptPrices({ hasAccepted, onAccept }: Pick<PayPanelProps, 'hasAccepted' | 'onAccept'>) {
  return (
    <div className="rounded-card border border-warn bg-warn-soft px-4 py-3">
      <p className="font-semibold">Prices have changed since you chose</p>
      <label className="mt-2 flex cursor-pointer items-start gap-3">
        <input
          type="checkbox"
          checked={hasAccepted}
          onChange={(event) => {
            onAccept(event.target.checked);
          }}
          className="mt-1 size-4.5 shrink-0 accent-accent"
        />
        I have seen the new prices and want to buy at them.
      </label>
    </div>
  );
}
