import { authorize } from '../api/authorize';
import { useSession } from '../session-context';
import { Button } from '@/components/ui/button';
import { ErrorNotice } from '@/components/ui/notice';
import { leaveFor } from '@/lib/leave';
import { useSubmit } from '@/lib/use-submit';
import type { AuthorizationParameters, PrepareAuthorizationResponse, User } from '@/types/api';

interface ConsentProps {
  user: User;
  request: PrepareAuthorizationResponse;
  parameters: AuthorizationParameters;
}

/** Asks whether an application may know who somebody is. */
export function Consent({ user, request, parameters }: ConsentProps) {
  const approve = useSubmit(async () => {
    leaveFor(await authorize(parameters, true));
  });
  const refuse = useSubmit(async () => {
    leaveFor(await authorize(parameters, false));
  });
  const { logout } = useSession();
  const again = useSubmit(logout);
  const error = again.error ?? approve.error ?? refuse.error;
  const told = [
    'an id that stands for you',
    ...(request.scopes.includes('profile') ? [`your name, ${user.displayName}`] : []),
    ...(request.scopes.includes('email') && user.email ? [`your address, ${user.email}`] : []),
  ];
  if (error?.reason === 'SIGN_IN_AGAIN') {
    return (
      <>
        <p className="mb-6">
          <strong>{request.clientName}</strong> asks that you sign in again.
        </p>
        <Button isBusy={again.isBusy} onClick={() => void again.run()}>
          Sign in again
        </Button>
      </>
    );
  }
  return (
    <>
      {error && <ErrorNotice error={error} className="mb-6" />}
      <p>
        <strong>{request.clientName}</strong> asks the shop who you are. It will learn:
      </p>
      <ul className="my-4 list-disc space-y-1 pl-6">
        {told.map((what) => (
          <li key={what}>{what}</li>
        ))}
      </ul>
      <p className="mb-6 text-soft">It cannot order, pay, or see your orders.</p>
      <div className="flex flex-wrap gap-3">
        <Button isBusy={approve.isBusy} onClick={() => void approve.run()}>
          Continue
        </Button>
        <Button variant="secondary" isBusy={refuse.isBusy} onClick={() => void refuse.run()}>
          Cancel
        </Button>
      </div>
    </>
  );
}
