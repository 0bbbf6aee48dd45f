import { useEffect, useRef, useState } from 'react';
import { useLocation, useNavigate, useParams } from 'react-router';

import { PageSpinner } from '../layout/page-spinner';
import { ButtonLink } from '@/components/ui/button';
import { ErrorNotice, Notice } from '@/components/ui/notice';
import { PageHeading } from '@/components/ui/page-heading';
import { paths, safeReturnPath } from '@/config/paths';
import { takeReturnTo } from '@/features/auth/components/provider-buttons';
import { useSession } from '@/features/auth/session-context';
import { toApiError, type ApiError } from '@/lib/api-error';

/** Where a provider sends people back to. */
export function Component() {
  const { finishExternalLogin } = useSession();
  const navigate = useNavigate();
  const { provider = '' } = useParams();
  const { search } = useLocation();
  const [error, setError] = useState<ApiError>();
  const answer = new URLSearchParams(search);
  const code = answer.get('code') ?? '';
  const state = answer.get('state') ?? '';
  const issuer = answer.get('iss') ?? '';
  const isRefusal = !code || !state;
  // A code is good once, however often this effect runs.
  const started = useRef(false);
  useEffect(() => {
    if (isRefusal || started.current) return;
    started.current = true;
    finishExternalLogin({ provider, code, state, issuer }).then(
      () => void navigate(safeReturnPath(takeReturnTo()), { replace: true }),
      (thrown: unknown) => {
        setError(toApiError(thrown));
      },
    );
  }, [isRefusal, provider, code, state, issuer, finishExternalLogin, navigate]);
  if (!isRefusal && !error) return <PageSpinner />;
  return (
    <div className="mx-auto max-w-md">
      <PageHeading title="Sign in" />
      {error ? (
        <ErrorNotice error={error} className="mb-6" />
      ) : (
        <Notice tone="danger" title="You are not signed in" className="mb-6">
          The provider sent you back without saying who you are.
        </Notice>
      )}
      <ButtonLink to={paths.login}>Back to the sign-in</ButtonLink>
    </div>
  );
}
