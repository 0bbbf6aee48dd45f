import { useSyncExternalStore } from 'react';

import { checkoutScope } from '../checkout-scope';
import { ButtonLink } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { paths } from '@/config/paths';
import { openAttempt, subscribeToAttempts } from '@/lib/attempts';

/** On every page but the checkout: a payment was left before its answer came. */
export function OpenPaymentNotice({ userId }: { userId: string }) {
  const isOpen = useSyncExternalStore(
    subscribeToAttempts,
    () => openAttempt(checkoutScope(userId)) !== undefined,
  );
  if (!isOpen) return null;
  return (
    <Notice
      tone="warning"
      title="We do not know yet whether your last payment arrived"
      className="mb-6"
      actions={
        <ButtonLink to={paths.checkout} variant="secondary" size="small">
          Find out
        </ButtonLink>
      }
    >
      It is paid once at most.
    </Notice>
  );
}
