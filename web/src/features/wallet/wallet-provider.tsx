import { useCallback, useEffect, useMemo, useReducer, useRef, type ReactNode } from 'react';

import { getWallet, walletHistoryKey } from './api/get-wallet';
import { WalletContext } from './wallet-context';
import { noWallet, walletReducer } from './wallet-state';
import { toApiError } from '@/lib/api-error';
import { queryCache } from '@/lib/query-cache';
import { onTabMessage, tellOtherTabs } from '@/lib/tab-channel';

const retryAfterMs = 4000;

interface WalletProviderProps {
  userId: string | undefined;
  children: ReactNode;
}

/** The balance in the header and wherever something is paid. */
export function WalletProvider({ userId, children }: WalletProviderProps) {
  const [state, dispatch] = useReducer(walletReducer, noWallet);
  const owner = useRef(userId);

  const load = useCallback(async () => {
    if (userId === undefined) return;
    try {
      const { wallet } = await getWallet(undefined, 1);
      if (wallet && owner.current === userId) dispatch({ type: 'loaded', wallet });
    } catch (error) {
      if (owner.current === userId) dispatch({ type: 'failed', error: toApiError(error) });
    }
  }, [userId]);

  useEffect(() => {
    owner.current = userId;
    dispatch({ type: 'forgotten' });
    void load();
  }, [userId, load]);
  useEffect(
    () =>
      onTabMessage('wallet-changed', () => {
        queryCache.invalidate(walletHistoryKey);
        void load();
      }),
    [load],
  );
  const { error } = state;
  useEffect(() => {
    if (!error?.isTransient) return;
    const timer = setTimeout(() => void load(), retryAfterMs);
    return () => {
      clearTimeout(timer);
    };
  }, [error, load]);

  // The same function whatever the balance is: effects depend on it.
  const reload = useCallback(async () => {
    queryCache.invalidate(walletHistoryKey);
    tellOtherTabs('wallet-changed');
    await load();
  }, [load]);
  const value = useMemo(() => ({ ...state, reload }), [state, reload]);
  return <WalletContext value={value}>{children}</WalletContext>;
}
