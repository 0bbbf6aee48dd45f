import { useCallback, useEffect, useMemo, useReducer, type ReactNode } from 'react';

import { finishExternalLogin } from './api/finish-external-login';
import { getCurrentUser } from './api/get-current-user';
import { login } from './api/login';
import { loginSecondFactor } from './api/login-second-factor';
import { logout } from './api/logout';
import { register } from './api/register';
import { SessionContext, type SessionValue } from './session-context';
import { anonymous, restoring, sessionReducer, type SessionAction } from './session-state';
import { clearAccessToken, setAccessToken } from '@/lib/access-token';
import { toApiError } from '@/lib/api-error';
import { queryCache } from '@/lib/query-cache';
import { onSessionEnded, refreshAccessToken } from '@/lib/refresh';
import { readStored, storageKeys, writeStored } from '@/lib/storage';
import { onTabMessage, tellOtherTabs } from '@/lib/tab-channel';
import type { LoginResponse, User } from '@/types/api';

const retryAfterMs = 3000;

const mayHaveSession = () => readStored(storageKeys.signedIn) === true;

export function SessionProvider({ children }: { children: ReactNode }) {
  const [state, dispatch] = useReducer(sessionReducer, mayHaveSession() ? restoring : anonymous);

  const restore = useCallback(async () => {
    if (!mayHaveSession()) {
      dispatch({ type: 'signed-out' });
      return;
    }
    dispatch({ type: 'restore' });
    try {
      await refreshAccessToken();
      const user = await getCurrentUser();
      dispatch(user ? { type: 'signed-in', user } : { type: 'ended' });
    } catch (thrown) {
      const error = toApiError(thrown);
      dispatch(error.status === 401 ? { type: 'ended' } : { type: 'unreachable', error });
    }
  }, []);

  const { status, error } = state;
  useEffect(() => {
    if (status === 'restoring' && !error) void restore();
  }, [status, error, restore]);
  useRestoreRetries(status === 'restoring' && error !== undefined, restore);
  useEffect(
    () =>
      onSessionEnded(() => {
        forgetUser();
        dispatch({ type: 'ended' });
      }),
    [],
  );
  useOtherTabs(dispatch);

  const value = useMemo<SessionValue>(() => {
    const enter = (answer: LoginResponse) => {
      const user = begin(answer);
      dispatch(user ? { type: 'signed-in', user } : { type: 'restore' });
    };
    return {
      ...state,
      login: async (credentials) => {
        enter(await login(credentials));
      },
      finishLogin: async (step) => {
        enter(await loginSecondFactor(step));
      },
      register: async (registration) => {
        enter(await register(registration));
      },
      finishExternalLogin: async (answer) => {
        enter(await finishExternalLogin(answer));
      },
      logout: async () => {
        await logout();
        writeStored(storageKeys.signedIn, undefined);
        writeStored(storageKeys.address, undefined);
        writeStored(storageKeys.ordered, undefined);
        forgetUser();
        tellOtherTabs('signed-out');
        dispatch({ type: 'signed-out' });
      },
      retry: () => void restore(),
    };
  }, [state, restore]);

  return <SessionContext value={value}>{children}</SessionContext>;
}

function begin(answer: LoginResponse): User | undefined {
  forgetUser();
  setAccessToken(answer.accessToken, answer.expiresIn);
  writeStored(storageKeys.signedIn, true);
  tellOtherTabs('signed-in');
  return answer.user;
}

/** What was read for one user is not shown to the next. */
function forgetUser(): void {
  clearAccessToken();
  queryCache.remove('user/');
}

/**
 * Follows what happens in other tabs, where also somebody else may have signed in. The message may
 * come before what the other tab has stored does; so this tab writes it too.
 */
function useOtherTabs(dispatch: (action: SessionAction) => void) {
  useEffect(
    () =>
      onTabMessage('signed-in', () => {
        forgetUser();
        writeStored(storageKeys.signedIn, true);
        dispatch({ type: 'restore' });
      }),
    [dispatch],
  );
  useEffect(
    () =>
      onTabMessage('signed-out', () => {
        forgetUser();
        writeStored(storageKeys.signedIn, undefined);
        dispatch({ type: 'signed-out' });
      }),
    [dispatch],
  );
}

function useRestoreRetries(isActive: boolean, restore: () => Promise<void>) {
  useEffect(() => {
    if (!isActive) return;
    const again = () => void restore();
    const timer = setInterval(again, retryAfterMs);
    addEventListener('online', again);
    return () => {
      clearInterval(timer);
      removeEventListener('online', again);
    };
  }, [isActive, restore]);
}
