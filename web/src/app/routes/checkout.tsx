import { useCallback, useEffect } from 'react';

import { CartWait } from '../layout/cart-wait';
import { useUser } from '../layout/use-user';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { LoadFailed } from '@/components/ui/load-failed';
import { Notice } from '@/components/ui/notice';
import { PageHeading } from '@/components/ui/page-heading';
import { StaleNotice } from '@/components/ui/stale-notice';
import { paths } from '@/config/paths';
import { useCart } from '@/features/cart/cart-context';
import { cartObstacles } from '@/features/cart/cart-state';
import { CheckoutForm } from '@/features/checkout/components/checkout-form';
import { ordersKey } from '@/features/orders/api/list-orders';
import { DepositForm } from '@/features/wallet/components/deposit-form';
import { useWallet } from '@/features/wallet/wallet-context';
import { plainAmount } from '@/lib/money';
import { queryCache } from '@/lib/query-cache';

export function Component() {
  const user = useUser();
  const { cart, error, isSaving, reload: reloadCart } = useCart();
  const { wallet, error: walletError, reload: reloadWallet } = useWallet();
  useEffect(() => {
    void reloadCart();
  }, [reloadCart]);
  const onSettled = useCallback(() => {
    queryCache.invalidate(ordersKey);
    void reloadCart();
    void reloadWallet();
  }, [reloadCart, reloadWallet]);

  return (
    <>
      <PageHeading title="Checkout" />
      {!cart && error && <LoadFailed error={error} onRetry={() => void reloadCart()} />}
      {!cart && !error && (
        <CartWait>
          <div
            role="status"
            aria-label="Loading the checkout"
            className="skeleton h-96 rounded-card"
          />
        </CartWait>
      )}
      {cart?.stale && <StaleNotice what="Prices and stock" onRetry={() => void reloadCart()} />}
      {cart && !wallet && walletError && (
        <Notice tone="warning" className="mb-4" title="Your wallet cannot be shown at the moment">
          You can pay all the same: what is in it is looked at then, and nothing is charged twice.
        </Notice>
      )}
      {cart && (
        <CheckoutForm
          {...{ user, cart, isSaving, wallet, onSettled }}
          obstacles={cartObstacles(cart)}
          renderDeposit={(missing) => (
            <DepositForm
              userId={user.id}
              currencyCode={missing.currencyCode}
              suggestion={plainAmount(missing)}
            />
          )}
          emptyCart={
            <EmptyState
              title="There is nothing to pay"
              action={
                <>
                  <ButtonLink to={paths.products}>Look around</ButtonLink>
                  <ButtonLink to={paths.orders} variant="secondary">
                    Your orders
                  </ButtonLink>
                </>
              }
            >
              The cart is empty. What you have bought is among your orders.
            </EmptyState>
          }
        />
      )}
    </>
  );
}
