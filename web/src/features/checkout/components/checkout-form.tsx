import { useEffect, useRef, useState, type SubmitEvent, type ReactNode } from 'react';
import { useNavigate } from 'react-router';

import { AddressForm } from './address-form';
import { CheckoutSuccessModal } from './checkout-success-modal';
import { PaymentStatus } from './payment-status';
import { PayPanel, type Obstacles } from './pay-panel';
import {
  checkAddress,
  rememberAddress,
  rememberedAddress,
  toShippingAddress,
  type AddressErrors,
} from '../address';
import { useCheckout, type CheckoutState } from '../use-checkout';
import { Notice } from '@/components/ui/notice';
import { useToast } from '@/components/ui/toasts';
import { paths } from '@/config/paths';
import { formatDateTime } from '@/lib/dates';
import { focusFirstInvalid } from '@/lib/focus';
import type { Cart, Money, User, Wallet } from '@/types/api';

interface CheckoutFormProps {
  user: User;
  cart: Cart;
  obstacles: Obstacles;
  isSaving: boolean;
  wallet: Wallet | undefined;
  /** Cart and wallet are not what they were. */
  onSettled: () => void;
  renderDeposit: (missing: Money) => ReactNode;
  /** In the place of a cart with nothing in it. */
  emptyCart: ReactNode;
}

export function CheckoutForm(props: CheckoutFormProps) {
  const { user, obstacles, isSaving, wallet, onSettled, renderDeposit, emptyCart } = props;
  const { state, left, pay } = useCheckout(user.id, onSettled);
  const cart = useCartToShow(props.cart, state);
  const [fields, setFields] = useState(() => rememberedAddress(user.displayName));
  const [errors, setErrors] = useState<AddressErrors>({});
  // What was accepted is these prices, not whatever they become.
  const offer = `${cart.version} ${cart.subtotal?.minorUnits}`;
  const [acceptedOffer, setAcceptedOffer] = useState<string>();
  const order = state.phase === 'ordered' ? state.order : undefined;
  useWayToOrder(state);

  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const found = checkAddress(fields);
    setErrors(found);
    if (Object.keys(found).length > 0) {
      focusFirstInvalid(event.currentTarget);
      return;
    }
    rememberAddress(fields);
    pay({
      shippingAddress: toShippingAddress(fields),
      cartVersion: cart.version,
      ...(cart.subtotal && { expectedTotal: cart.subtotal }),
    });
  };

  if (cart.items.length === 0 && (state.phase === 'idle' || state.phase === 'refused')) {
    return (
      <div className="space-y-6">
        <PaymentStatus state={state} />
        {emptyCart}
      </div>
    );
  }
  return (
    <div className="grid grid-cols-1 gap-8 lg:grid-cols-[minmax(0,1fr)_24rem] lg:gap-12">
      <form id="checkout" noValidate onSubmit={onSubmit}>
        <AddressForm fields={fields} errors={errors} onChange={setFields} />
      </form>
      <div className="lg:sticky lg:top-28 lg:self-start">
        {left && (
          <Notice tone="warning" title="An earlier payment has no answer yet" className="mb-4">
            It is from {formatDateTime(new Date(left.startedAt).toISOString())}. Pay finds out about
            it first; it is paid once at most.
          </Notice>
        )}
        <PayPanel
          {...{ cart, obstacles, wallet, state, isSaving, renderDeposit }}
          hasAccepted={acceptedOffer === offer}
          onAccept={(hasAccepted) => {
            setAcceptedOffer(hasAccepted ? offer : undefined);
          }}
        />
      </div>
      {order?.state === 'CONFIRMED' && <CheckoutSuccessModal order={order} />}
    </div>
  );
}

/** To the order's page, when there is nothing to be thanked for here. */
function useWayToOrder(state: CheckoutState): void {
  const navigate = useNavigate();
  const toast = useToast();
  const orderedBefore = state.phase === 'ordered-before' ? state.orderId : undefined;
  // Undecided, or called off meanwhile: the order's own page tells how it goes on.
  const isOpen = state.phase === 'ordered' && state.order.state !== 'CONFIRMED';
  const orderId = isOpen ? state.order.id : orderedBefore;
  useEffect(() => {
    if (orderedBefore)
      toast({ tone: 'success', title: 'This cart is ordered already, and was paid for once' });
    if (orderId) void navigate(paths.order(orderId), { replace: true });
  }, [orderId, orderedBefore, navigate, toast]);
}

/**
 * The cart; and while it is being paid, or just has been, what was in it: the shop empties it
 * before the page has heard that it is bought.
 */
function useCartToShow(cart: Cart, { phase }: CheckoutState): Cart {
  const lastFilled = useRef<Cart>(undefined);
  useEffect(() => {
    if (cart.items.length > 0) lastFilled.current = cart;
  }, [cart]);
  const isBought = phase === 'paying' || phase === 'ordered' || phase === 'ordered-before';
  return isBought && cart.items.length === 0 ? (lastFilled.current ?? cart) : cart;
}
