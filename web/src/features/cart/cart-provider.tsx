import { useMemo, type ReactNode } from 'react';

import { CartContext, type CartValue } from './cart-context';
import { useGuestCart } from './use-guest-cart';
import { useUserCart } from './use-user-cart';
import type { Product } from '@/types/api';

interface CartProviderProps {
  /** Undefined for a guest. */
  userId: string | undefined;
  /** Not known yet whether this is a guest: no cart is shown that may be another one's. */
  isRestoring: boolean;
  lookUp: (productId: string) => Promise<Product>;
  children: ReactNode;
}

export function CartProvider({ userId, isRestoring, lookUp, children }: CartProviderProps) {
  const user = useUserCart(userId, isRestoring);
  const guest = useGuestCart(lookUp);
  const value = useMemo<CartValue>(() => {
    const { merged, dismissMerged } = user;
    if (userId !== undefined) return { ...user, isGuest: false };
    return {
      ...guest,
      // What is added while the session is being restored waits in the guest's cart for the merge.
      cart: isRestoring ? undefined : guest.cart,
      isGuest: !isRestoring,
      isSaving: false,
      error: undefined,
      merged,
      dismissMerged,
    };
  }, [user, guest, userId, isRestoring]);
  return <CartContext value={value}>{children}</CartContext>;
}
