import type { ReactNode } from 'react';

import { useIsSlow } from './use-is-slow';
import { Waiting } from './waiting';
import { LoadFailed } from '@/components/ui/load-failed';
import { Notice } from '@/components/ui/notice';
import { useSession } from '@/features/auth/session-context';

/**
 * In the place of what belongs to somebody, while it is being found out who that is: the shape of the
 * page, what holds it up when that takes long, and why it fails. It is asked again by itself.
 */
export function SessionWait({ children }: { children: ReactNode }) {
  const { error, retry } = useSession();
  const isSlow = useIsSlow(!error);
  const notice = error ? (
    <LoadFailed error={error} onRetry={retry} />
  ) : (
    isSlow && (
      <Notice title="This takes longer than usual">
        We are still asking who you are. The page opens by itself; nothing is lost meanwhile.
      </Notice>
    )
  );
  return <Waiting notice={notice}>{children}</Waiting>;
}
