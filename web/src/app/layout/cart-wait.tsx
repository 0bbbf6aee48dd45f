import type { ReactNode } from 'react';

import { useIsSlow } from './use-is-slow';
import { Waiting } from './waiting';
import { Notice } from '@/components/ui/notice';

/** In the place of a cart that is being read: its shape, and a word when that takes long. */
export function CartWait({ children }: { children: ReactNode }) {
  const isSlow = useIsSlow(true);
  const notice = isSlow && (
    <Notice title="This takes longer than usual">
      We are still asking what is in your cart. It appears by itself; nothing is lost meanwhile.
    </Notice>
  );
  return <Waiting notice={notice}>{children}</Waiting>;
}
