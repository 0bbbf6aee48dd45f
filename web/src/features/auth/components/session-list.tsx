import { useState } from 'react';

import { sessionsKey, useSessions } from '../api/list-sessions';
import { revokeOtherSessions } from '../api/revoke-other-sessions';
import { revokeSession } from '../api/revoke-session';
import { describeDevice } from './describe-device';
import { Button } from '@/components/ui/button';
import { LoadFailed } from '@/components/ui/load-failed';
import { useToast } from '@/components/ui/toasts';
import { toApiError } from '@/lib/api-error';
import { formatDate, formatDateTime } from '@/lib/dates';
import { explainOnce } from '@/lib/messages';
import { queryCache } from '@/lib/query-cache';
import type { Session } from '@/types/api';

/** Where somebody is signed in, and a way to end each of those sessions. */
export function SessionList() {
  const { data, error, isLoading, isFetching, retry } = useSessions();
  if (isLoading) return <div className="skeleton h-32 rounded-card" />;
  if (!data && error) return <LoadFailed error={error} onRetry={retry} isRetrying={isFetching} />;
  return (
    <>
      <ul className="divide-y divide-line">
        {data?.map((session) => (
          <SessionRow key={session.id} session={session} />
        ))}
      </ul>
      {data && data.length > 1 && <EndOthers />}
    </>
  );
}

/** Ends something, says that it did, and has the list read again. */
function useEnding(end: () => Promise<string>) {
  const toast = useToast();
  const [isBusy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    try {
      toast({ tone: 'success', title: await end() });
    } catch (thrown) {
      toast({ tone: 'danger', ...explainOnce(toApiError(thrown)) });
    } finally {
      setBusy(false);
      queryCache.invalidate(sessionsKey);
    }
  };
  return { isBusy, run };
}

function EndOthers() {
  const { isBusy, run } = useEnding(async () => {
    const count = await revokeOtherSessions();
    return count === 1 ? 'Signed out 1 other device' : `Signed out ${count} other devices`;
  });
  return (
    <Button variant="danger" className="mt-2" isBusy={isBusy} onClick={() => void run()}>
      Sign out everywhere else
    </Button>
  );
}

function SessionRow({ session }: { session: Session }) {
  const device = describeDevice(session.userAgent);
  const { isBusy, run } = useEnding(async () => {
    await revokeSession(session.id);
    return `Signed out: ${device}`;
  });
  return (
    <li className="flex flex-wrap items-center justify-between gap-3 py-4">
      <div className="min-w-0">
        <p className="font-semibold">
          {device}
          {session.current && (
            <span className="ml-2 rounded-full bg-accent-soft px-2 py-0.5 text-sm text-accent">
              this one
            </span>
          )}
        </p>
        <p className="text-sm text-soft">
          {session.clientIp} · since {formatDate(session.createTime)} · last used{' '}
          {formatDateTime(session.lastUsedTime)}
        </p>
      </div>
      {!session.current && (
        <Button variant="danger" size="small" isBusy={isBusy} onClick={() => void run()}>
          Sign out<span className="sr-only"> {device}</span>
        </Button>
      )}
    </li>
  );
}
