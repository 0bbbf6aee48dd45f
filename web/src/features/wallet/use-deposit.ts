import { useCallback, useEffect, useRef, useState } from 'react';

import { deposit } from './api/deposit';
import { useWallet } from './wallet-context';
import { useToast } from '@/components/ui/toasts';
import { toApiError, type ApiError } from '@/lib/api-error';
import { beginAttempt, openAttempt, pursue, type Attempt } from '@/lib/attempts';
import { explain, type Message } from '@/lib/messages';
import { formatMoney } from '@/lib/money';
import type { Money } from '@/types/api';

type Body = { amount: Money };

/**
 * Deposits once, however often it is asked and however many answers are lost. A deposit whose
 * answer is open, also one from before a reload, is followed up first.
 */
export function useDeposit(userId: string) {
  const { reload } = useWallet();
  const toast = useToast();
  const scope = `${userId}/deposit`;
  const [open, setOpen] = useState(() => openAttempt<Body>(scope));
  const [waiting, setWaiting] = useState<Message>();
  const [error, setError] = useState<ApiError>();
  const running = useRef<AbortController>(undefined);

  const follow = useCallback(
    async (begun: Attempt<Body> | Promise<Attempt<Body>>) => {
      if (running.current) return false;
      const controller = new AbortController();
      running.current = controller;
      setError(undefined);
      const onRetry = (thrown: unknown) => {
        setWaiting(explain(toApiError(thrown)));
      };
      try {
        const attempt = await begun;
        setOpen(attempt);
        await pursue(attempt, deposit, { signal: controller.signal, onRetry });
        toast({
          tone: 'success',
          title: `${formatMoney(attempt.body.amount)} added to the wallet`,
        });
        void reload();
        return true;
      } catch (thrown) {
        if (!controller.signal.aborted) setError(toApiError(thrown));
        return false;
      } finally {
        running.current = undefined;
        if (!controller.signal.aborted) {
          setOpen(openAttempt<Body>(scope));
          setWaiting(undefined);
        }
      }
    },
    [reload, scope, toast],
  );

  useEffect(() => {
    const left = openAttempt<Body>(scope);
    if (left) void follow(left);
    return () => running.current?.abort();
    // Once, for what an earlier visit has left open.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [scope]);

  return {
    isBusy: open !== undefined && error === undefined,
    waiting,
    error,
    run: (amount: Money) => follow(beginAttempt<Body>(scope, { amount })),
  };
}
