import { Link, useLocation } from 'react-router';

import { returnPathOf, useReturn } from '../layout/use-return';
import { Notice } from '@/components/ui/notice';
import { PageHeading } from '@/components/ui/page-heading';
import { paths, safeReturnPath } from '@/config/paths';
import { LoginForm } from '@/features/auth/components/login-form';
import { ProviderButtons } from '@/features/auth/components/provider-buttons';
import { useSession } from '@/features/auth/session-context';

export function Component() {
  const { hasEnded } = useSession();
  const state: unknown = useLocation().state;
  useReturn();
  return (
    <div className="mx-auto max-w-md">
      <PageHeading title="Sign in" />
      {hasEnded && (
        <Notice title="Your session has ended" className="mb-6">
          Please sign in again. You go on where you were, and nothing is lost.
        </Notice>
      )}
      <LoginForm />
      <ProviderButtons from={safeReturnPath(returnPathOf(state))} />
      <p className="mt-6 text-center text-soft">
        New here?{' '}
        <Link to={paths.register} state={state} className="font-semibold text-accent underline">
          Create an account
        </Link>
      </p>
    </div>
  );
}
