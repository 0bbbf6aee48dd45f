import { useCallback, useEffect, useRef, useState } from 'react';

import { cancelOrder, type Cancellation } from './api/cancel-order';
import { toApiError, type ApiError } from '@/lib/api-error';
import { beginAttempt, openAttempt, pursue, type Attempt } from '@/lib/attempts';
import type { Order } from '@/types/api';

/** Cancels an order, and goes on with a cancellation whose answer an earlier visit has lost. */
export function useCancelOrder(userId: string, orderId: string, onDone: (order: Order) => void) {
  const scope = `${userId}/cancel/${orderId}`;
  const [isBusy, setBusy] = useState(false);
  const [isRetrying, setRetrying] = useState(false);
  const [error, setError] = useState<ApiError>();
  const running = useRef<AbortController>(undefined);
  const latestOnDone = useRef(onDone);
  useEffect(() => {
    latestOnDone.current = onDone;
  });

  const follow = useCallback(
    async (begun: Attempt<Cancellation> | Promise<Attempt<Cancellation>>) => {
      if (running.current) return;
      const controller = new AbortController();
      running.current = controller;
      setBusy(true);
      setError(undefined);
      const onRetry = () => {
        setRetrying(true);
      };
      try {
        const order = await pursue(await begun, cancelOrder, {
          signal: controller.signal,
          onRetry,
        });
        if (!controller.signal.aborted) latestOnDone.current(order);
      } catch (thrown) {
        if (!controller.signal.aborted) setError(toApiError(thrown));
      } finally {
        running.current = undefined;
        setBusy(false);
        setRetrying(false);
      }
    },
    [],
  );

  useEffect(() => {
    const left = openAttempt<Cancellation>(scope);
    if (left) void follow(left);
    return () => running.current?.abort();
  }, [scope, follow]);

  return {
    isBusy,
    isRetrying,
    error,
    cancel: (reason: string) =>
      follow(beginAttempt<Cancellation>(scope, { orderId, ...(reason && { reason }) })),
  };
}
