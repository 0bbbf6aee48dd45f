import { Navigate, Outlet, useLocation } from 'react-router';

import { PageSkeleton } from './page-skeleton';
import { SessionWait } from './session-wait';
import { paths } from '@/config/paths';
import { useSession } from '@/features/auth/session-context';

/** Around pages that belong to somebody: leads guests to the sign-in, and back afterwards. */
export function Component() {
  const { status } = useSession();
  const { pathname, search } = useLocation();
  if (status === 'signed-in') return <Outlet />;
  if (status === 'anonymous') {
    return <Navigate to={paths.login} replace state={{ from: `${pathname}${search}` }} />;
  }
  return (
    <SessionWait>
      <PageSkeleton />
    </SessionWait>
  );
}
