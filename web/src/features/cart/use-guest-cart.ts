import { useCallback, useMemo, useSyncExternalStore } from 'react';

import type { AddedProduct, CartChange } from './cart-state';
import {
  changeGuestCart,
  guestCartOf,
  guestItems,
  refreshGuestLine,
  subscribeToGuestCart,
} from './guest-cart';
import { useToast } from '@/components/ui/toasts';
import { ApiError, toApiError } from '@/lib/api-error';
import { explain } from '@/lib/messages';
import type { Product } from '@/types/api';

const lookUpsAtOnce = 4;

export function useGuestCart(lookUp: (productId: string) => Promise<Product>) {
  const items = useSyncExternalStore(subscribeToGuestCart, guestItems);
  const toast = useToast();
  const cart = useMemo(() => guestCartOf(items), [items]);

  const change = useCallback(
    (wanted: CartChange) => {
      const reason = changeGuestCart(wanted);
      if (reason) toast({ tone: 'danger', ...explain(new ApiError(409, { reason })) });
      return Promise.resolve(!reason);
    },
    [toast],
  );
  const reload = useCallback(async () => {
    const waiting = guestItems().map(({ productId }) => productId);
    const work = async () => {
      for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) await refresh(id, lookUp);
    };
    await Promise.all(Array.from({ length: lookUpsAtOnce }, work));
  }, [lookUp]);

  return useMemo(
    () => ({
      cart,
      reload,
      add: (product: AddedProduct, quantity: number) =>
        change({ id: 0, kind: 'add', product, quantity }),
      setQuantity: (productId: string, quantity: number) =>
        change({ id: 0, kind: 'set', productId, quantity }),
    }),
    [cart, change, reload],
  );
}

async function refresh(id: string, lookUp: (productId: string) => Promise<Product>) {
  try {
    refreshGuestLine(id, await lookUp(id));
  } catch (thrown) {
    // What the catalog does not know is not sold; what it cannot say now stays as it was.
    if (toApiError(thrown).status === 404) refreshGuestLine(id, undefined);
  }
}
