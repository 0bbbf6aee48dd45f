import { useEffect } from 'react';
import { useLocation, useNavigate } from 'react-router';

import { safeReturnPath } from '@/config/paths';
import { useSession } from '@/features/auth/session-context';

/** Leads whoever is signed in back to where they came from. */
export function useReturn(): void {
  const { status } = useSession();
  const navigate = useNavigate();
  const state: unknown = useLocation().state;
  useEffect(() => {
    if (status !== 'signed-in') return;
    void navigate(safeReturnPath(returnPathOf(state)), { replace: true });
  }, [status, state, navigate]);
}

/** What a page that led here put into the state of the address. */
export function returnPathOf(state: unknown): unknown {
  return typeof state === 'object' && state !== null && 'from' in state ? state.from : undefined;
}
