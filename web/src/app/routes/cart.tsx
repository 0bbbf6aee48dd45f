import { useEffect, useRef } from 'react';

import { CartWait } from '../layout/cart-wait';
import { SessionWait } from '../layout/session-wait';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { LoadFailed } from '@/components/ui/load-failed';
import { Notice } from '@/components/ui/notice';
import { PageHeading } from '@/components/ui/page-heading';
import { StaleNotice } from '@/components/ui/stale-notice';
import { paths } from '@/config/paths';
import { useSession } from '@/features/auth/session-context';
import { useCart } from '@/features/cart/cart-context';
import { cartObstacles } from '@/features/cart/cart-state';
import { CartItem } from '@/features/cart/components/cart-item';
import { CartSummary } from '@/features/cart/components/cart-summary';
import { getProduct } from '@/features/catalog/api/get-product';
import type { Cart } from '@/types/api';

export function Component() {
  const { status, hasEnded } = useSession();
  const { cart, error, reload } = useCart();
  useEffect(() => {
    void reload();
  }, [reload]);
  return (
    <>
      <PageHeading title="Your cart" />
      {hasEnded && <SessionEnded />}
      {cart ? (
        <Contents
          cart={cart}
          isStale={cart.stale || error !== undefined}
          onRetry={() => void reload()}
        />
      ) : error ? (
        <LoadFailed error={error} onRetry={() => void reload()} />
      ) : status === 'restoring' ? (
        <SessionWait>
          <CartSkeleton />
        </SessionWait>
      ) : (
        <CartWait>
          <CartSkeleton />
        </CartWait>
      )}
    </>
  );
}

/** The cart of whoever was signed in is not empty: it cannot be seen. */
function SessionEnded() {
  return (
    <Notice
      title="Your session has ended"
      className="mb-6"
      actions={
        <ButtonLink to={paths.login} state={{ from: paths.cart }} variant="secondary" size="small">
          Sign in
        </ButtonLink>
      }
    >
      Please sign in again to see what you had in your cart; nothing is lost.
    </Notice>
  );
}

interface ContentsProps {
  cart: Cart;
  isStale: boolean;
  onRetry: () => void;
}

function Contents({ cart, isStale, onRetry }: ContentsProps) {
  const { isGuest } = useCart();
  const { hasEnded } = useSession();
  const list = useRef<HTMLDivElement>(null);
  const { unavailable, priceChanged } = cartObstacles(cart);
  const isEmpty = cart.items.length === 0;
  return (
    <div ref={list} tabIndex={-1}>
      {isStale && <StaleNotice what="Prices and stock" onRetry={onRetry} />}
      {isEmpty && !hasEnded && (
        <EmptyState
          title="There is nothing in it yet"
          action={<ButtonLink to={paths.products}>Look around</ButtonLink>}
        >
          What you choose waits here for you{isGuest && ', also without an account'}.
        </EmptyState>
      )}
      {!isEmpty && (
        <div className="grid grid-cols-1 gap-8 lg:grid-cols-[minmax(0,1fr)_22rem] lg:gap-12">
          <ul className="divide-y divide-line border-y border-line">
            {cart.items.map((line) => (
              <CartItem
                key={line.productId}
                line={line}
                lookUp={getProduct}
                onRemoved={() => list.current?.focus({ preventScroll: true })}
              />
            ))}
          </ul>
          <div className="space-y-4 lg:sticky lg:top-28 lg:self-start">
            <CartSummary
              cart={cart}
              action={<CheckoutLink isBlocked={unavailable} isGuest={isGuest} />}
            />
            {priceChanged && !unavailable && (
              <Notice tone="warning" title="Prices have changed">
                You will be asked whether you agree before you pay.
              </Notice>
            )}
          </div>
        </div>
      )}
    </div>
  );
}

function CheckoutLink({ isBlocked, isGuest }: { isBlocked: boolean; isGuest: boolean }) {
  if (isBlocked) {
    return (
      <Notice tone="warning" title="Not everything can be delivered">
        Please take fewer of what is short, or remove it.
      </Notice>
    );
  }
  return (
    <ButtonLink to={paths.checkout} size="large" className="w-full">
      {isGuest ? 'Sign in and pay' : 'To the checkout'}
    </ButtonLink>
  );
}

function CartSkeleton() {
  return (
    <div
      role="status"
      className="grid grid-cols-1 gap-8 lg:grid-cols-[minmax(0,1fr)_22rem] lg:gap-12"
    >
      <span className="sr-only">Loading the cart</span>
      <div className="space-y-4">
        <div className="skeleton h-32 rounded-card" />
        <div className="skeleton h-32 rounded-card" />
      </div>
      <div className="skeleton h-56 rounded-card" />
    </div>
  );
}
