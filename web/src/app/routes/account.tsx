import { useUser } from '../layout/use-user';
import { PageHeading } from '@/components/ui/page-heading';
import { PasswordForm } from '@/features/auth/components/password-form';
import { Profile } from '@/features/auth/components/profile';
import { SecondFactor } from '@/features/auth/components/second-factor';
import { SessionList } from '@/features/auth/components/session-list';

const card = 'rounded-card border border-line bg-surface p-5 shadow-card sm:p-6';

export function Component() {
  const user = useUser();
  return (
    <div className="mx-auto max-w-3xl">
      <PageHeading title="Your account" />
      <div className="space-y-6">
        <section aria-labelledby="profile" className={card}>
          <h2 id="profile" className="mb-4 text-xl">
            Profile
          </h2>
          <Profile user={user} />
        </section>
        <section aria-labelledby="password" className={card}>
          <h2 id="password" className="mb-4 text-xl">
            Password
          </h2>
          <PasswordForm />
        </section>
        <section aria-labelledby="second-factor" className={card}>
          <h2 id="second-factor" className="mb-4 text-xl">
            Second factor
          </h2>
          <SecondFactor />
        </section>
        {/* Last, since nobody knows how long it is before it is there. */}
        <section aria-labelledby="sessions" className={card}>
          <h2 id="sessions" className="mb-2 text-xl">
            Where you are signed in
          </h2>
          <SessionList />
        </section>
      </div>
    </div>
  );
}
