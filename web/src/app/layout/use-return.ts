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
    const from = typeof state === 'object' && state !== null && 'from' in state && state.from;
    void navigate(safeReturnPath(from), { replace: true });
  }, [status, state, navigate]);
}
