import { createContext, useContext } from 'react';

import type { ProviderAnswer } from './api/finish-external-login';
import type { Credentials } from './api/login';
import type { SecondStep } from './api/login-second-factor';
import type { Registration } from './api/register';
import { restoring, type SessionState } from './session-state';

export interface SessionValue extends SessionState {
  /** Fails with SECOND_FACTOR_REQUIRED when a code is needed as well. */
  login: (credentials: Credentials) => Promise<void>;
  finishLogin: (step: SecondStep) => Promise<void>;
  register: (registration: Registration) => Promise<void>;
  finishExternalLogin: (answer: ProviderAnswer) => Promise<void>;
  logout: () => Promise<void>;
  retry: () => void;
}

const nothing = () => Promise.resolve();

export const SessionContext = createContext<SessionValue>({
  ...restoring,
  login: nothing,
  finishLogin: nothing,
  register: nothing,
  finishExternalLogin: nothing,
  logout: nothing,
  retry: () => undefined,
});

/** Who is signed in, and how that is changed. */
export function useSession(): SessionValue {
  return useContext(SessionContext);
}
