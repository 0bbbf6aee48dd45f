import { Navigate, Outlet, useLocation, useMatches } from 'react-router';

import type { PageHandle } from '../page-handle';
import { PageSkeleton } from './page-skeleton';
import { SessionWait } from './session-wait';
import { paths } from '@/config/paths';
import { useSession } from '@/features/auth/session-context';

/** Around pages that belong to somebody: leads guests to the sign-in, and back afterwards. */
export function Component() {
  const { status } = useSession();
  const { pathname, search } = useLocation();
  const handles = useMatches().map(({ handle }) => handle as PageHandle | undefined);
  if (status === 'signed-in') return <Outlet />;
  if (status === 'anonymous') {
    return <Navigate to={paths.login} replace state={{ from: `${pathname}${search}` }} />;
  }
  return (
    <>
      {/* No PageHeading: that of the page takes the focus or not, as if this one had not been. */}
      <h1 className="mb-6 text-3xl sm:text-4xl">{handles.find((one) => one?.title)?.title}</h1>
      <SessionWait>
        <PageSkeleton />
      </SessionWait>
    </>
  );
}
