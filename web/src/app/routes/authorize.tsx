import { useEffect, useMemo } from 'react';
import { Navigate, useLocation, useNavigate } from 'react-router';

import { PageSpinner } from '../layout/page-spinner';
import { LoadFailed } from '@/components/ui/load-failed';
import { Notice } from '@/components/ui/notice';
import { PageHeading } from '@/components/ui/page-heading';
import { paths } from '@/config/paths';
import { prepareAuthorization } from '@/features/auth/api/prepare-authorization';
import { authorizationParameters } from '@/features/auth/authorization-parameters';
import { Consent } from '@/features/auth/components/consent';
import { useSession } from '@/features/auth/session-context';
import { leaveFor } from '@/lib/leave';
import { useQuery } from '@/lib/use-query';
import type { AuthorizationParameters } from '@/types/api';

/** Where applications send people to sign in to them with the shop. */
export function Component() {
  const { search } = useLocation();
  const parameters = useMemo(() => authorizationParameters(new URLSearchParams(search)), [search]);
  return (
    <div className="mx-auto max-w-md">
      <PageHeading title="Sign in to another application" />
      {parameters ? (
        <Request parameters={parameters} />
      ) : (
        <Notice tone="danger" title="This request cannot be read">
          The application that sent you here has made a mistake.
        </Notice>
      )}
    </div>
  );
}

function Request({ parameters }: { parameters: AuthorizationParameters }) {
  const { status, user, error, retry } = useSession();
  const { pathname, search } = useLocation();
  const request = useQuery(`authorization/${JSON.stringify(parameters)}`, () =>
    prepareAuthorization(parameters),
  );
  const navigate = useNavigate();
  const { redirectTo, asked = '' } = request.data ?? {};
  // When the application asked stays in the address, however often people sign in meanwhile.
  const isDated = asked === (parameters.asked ?? '');
  useEffect(() => {
    if (!request.data || isDated) return;
    const query = new URLSearchParams(search);
    query.set('asked', asked);
    void navigate({ search: query.toString() }, { replace: true });
  }, [request.data, isDated, asked, search, navigate]);
  useEffect(() => {
    if (redirectTo) leaveFor(redirectTo);
  }, [redirectTo]);
  if (!request.data && request.error) {
    return (
      <LoadFailed error={request.error} onRetry={request.retry} isRetrying={request.isFetching} />
    );
  }
  if (!request.data || redirectTo || !isDated) return <PageSpinner />;
  if (status === 'anonymous') {
    return <Navigate to={paths.login} replace state={{ from: `${pathname}${search}` }} />;
  }
  if (!user) return error ? <LoadFailed error={error} onRetry={retry} /> : <PageSpinner />;
  return <Consent user={user} request={request.data} parameters={parameters} />;
}
