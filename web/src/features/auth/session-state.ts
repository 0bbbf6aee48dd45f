import type { ApiError } from '@/lib/api-error';
import type { User } from '@/types/api';

export interface SessionState {
  /** `restoring` until the shop has said whether the browser's session is good. */
  status: 'restoring' | 'anonymous' | 'signed-in';
  user: User | undefined;
  /** Why it cannot be restored yet; it is tried again. */
  error: ApiError | undefined;
  /** The shop ended the session: people are told why they have to sign in again. */
  hasEnded: boolean;
}

export type SessionAction =
  | { type: 'restore' }
  | { type: 'signed-in'; user: User }
  | { type: 'signed-out' }
  | { type: 'ended' }
  | { type: 'unreachable'; error: ApiError };

export const restoring: SessionState = {
  status: 'restoring',
  user: undefined,
  error: undefined,
  hasEnded: false,
};

export const anonymous: SessionState = { ...restoring, status: 'anonymous' };

export function sessionReducer(state: SessionState, action: SessionAction): SessionState {
  switch (action.type) {
    case 'restore':
      return state.status === 'restoring' ? state : restoring;
    case 'signed-in':
      return { ...anonymous, status: 'signed-in', user: action.user };
    case 'signed-out':
      return anonymous;
    case 'ended':
      // A guest who never was signed in is not told that a session has ended.
      return { ...anonymous, hasEnded: state.status !== 'anonymous' || state.hasEnded };
    case 'unreachable':
      return state.status === 'restoring' ? { ...state, error: action.error } : state;
  }
}
