import { Link, useLocation } from 'react-router';

import { useReturn } from '../layout/use-return';
import { PageHeading } from '@/components/ui/page-heading';
import { paths } from '@/config/paths';
import { RegisterForm } from '@/features/auth/components/register-form';

export function Component() {
  const state: unknown = useLocation().state;
  useReturn();
  return (
    <div className="mx-auto max-w-md">
      <PageHeading title="Create an account" />
      <RegisterForm />
      <p className="mt-6 text-center text-soft">
        You have one?{' '}
        <Link to={paths.login} state={state} className="font-semibold text-accent underline">
          Sign in
        </Link>
      </p>
    </div>
  );
}
