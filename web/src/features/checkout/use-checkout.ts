import { useCallback, useEffect, useReducer, useRef } from 'react';

import { checkout } from './api/checkout';
import { checkoutScope } from './checkout-scope';
import { orderOfCart, rememberOrder } from './ordered-cart';
import { toApiError, type ApiError } from '@/lib/api-error';
import { beginAttempt, isRecent, openAttempt, pursue, type Attempt } from '@/lib/attempts';
import type { CheckoutRequest, Order } from '@/types/api';

export type CheckoutState =
  | { phase: 'idle' }
  /** `trouble` is why no definite answer has come yet; it is asked again. */
  | { phase: 'paying'; trouble: ApiError | undefined }
  /** Bought, or, while it is PENDING, being decided. */
  | { phase: 'ordered'; order: Order }
  /** Another tab, or an earlier visit, has bought this cart. */
  | { phase: 'ordered-before'; orderId: string }
  | { phase: 'refused'; error: ApiError };

export type CheckoutAction =
  | { type: 'begun' }
  | { type: 'troubled'; error: ApiError }
  | { type: 'ordered'; order: Order }
  | { type: 'ordered-before'; orderId: string }
  | { type: 'refused'; error: ApiError }
  | { type: 'dismissed' };

export function checkoutReducer(state: CheckoutState, action: CheckoutAction): CheckoutState {
  switch (action.type) {
    case 'begun':
      return { phase: 'paying', trouble: undefined };
    case 'troubled':
      return state.phase === 'paying' ? { phase: 'paying', trouble: action.error } : state;
    case 'ordered':
      return { phase: 'ordered', order: action.order };
    case 'ordered-before':
      return { phase: 'ordered-before', orderId: action.orderId };
    case 'refused':
      return { phase: 'refused', error: action.error };
    case 'dismissed':
      return { phase: 'idle' };
  }
}

/** What the page goes on with by itself. An older payment waits for a click on Pay. */
function expectedAttempt(scope: string): Attempt<CheckoutRequest> | undefined {
  const open = openAttempt<CheckoutRequest>(scope);
  return open && isRecent(open) ? open : undefined;
}

/** Written down before the next tab has its turn. */
async function checkoutAndRemember(attempt: Attempt<CheckoutRequest>): Promise<Order> {
  const { body: order } = await checkout(attempt);
  rememberOrder(attempt, order);
  return order;
}

/**
 * Pays once. The request and its key are written down before anything is sent; a second click, a
 * reload, a lost answer or a moment offline repeat the same request, which has one effect.
 */
export function useCheckout(userId: string, onSettled: () => void) {
  const scope = checkoutScope(userId);
  const [state, dispatch] = useReducer(checkoutReducer, undefined, (): CheckoutState =>
    expectedAttempt(scope) ? { phase: 'paying', trouble: undefined } : { phase: 'idle' },
  );
  const running = useRef<AbortController>(undefined);
  const latestOnSettled = useRef(onSettled);
  useEffect(() => {
    latestOnSettled.current = onSettled;
  });

  const follow = useCallback(
    async (begun: Attempt<CheckoutRequest> | Promise<Attempt<CheckoutRequest>>) => {
      if (running.current) return;
      const controller = new AbortController();
      running.current = controller;
      const { signal } = controller;
      dispatch({ type: 'begun' });
      const onRetry = (thrown: unknown) => {
        if (!signal.aborted) dispatch({ type: 'troubled', error: toApiError(thrown) });
      };
      const attempt = await begun;
      try {
        const order = await pursue(attempt, checkoutAndRemember, { signal, onRetry });
        if (!signal.aborted) dispatch({ type: 'ordered', order });
      } catch (thrown) {
        const error = toApiError(thrown);
        const orderId = orderOfCart(attempt, error);
        if (signal.aborted) return;
        dispatch(orderId ? { type: 'ordered-before', orderId } : { type: 'refused', error });
      } finally {
        if (running.current === controller) running.current = undefined;
        latestOnSettled.current();
      }
    },
    [],
  );

  useEffect(() => {
    const left = expectedAttempt(scope);
    if (left) void follow(left);
    return () => {
      running.current?.abort();
      running.current = undefined;
    };
  }, [scope, follow]);

  return {
    state,
    /** A payment of an earlier visit that waits to be asked for. */
    left: state.phase === 'idle' ? openAttempt<CheckoutRequest>(scope) : undefined,
    pay: (request: CheckoutRequest) => void follow(beginAttempt(scope, request)),
    dismiss: () => {
      dispatch({ type: 'dismissed' });
    },
  };
}
