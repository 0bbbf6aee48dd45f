import { createContext, useContext } from 'react';

import type { AddedProduct } from './cart-state';
import type { Merged } from './merge-guest-cart';
import type { ApiError } from '@/lib/api-error';
import type { Cart } from '@/types/api';

export interface CartValue {
  /** Undefined until it is known. */
  cart: Cart | undefined;
  isGuest: boolean;
  /** The shop has not answered all changes yet. */
  isSaving: boolean;
  error: ApiError | undefined;
  /** True when it is in the cart; a refusal was shown. */
  add: (product: AddedProduct, quantity: number) => Promise<boolean>;
  /** 0 removes the line. */
  setQuantity: (productId: string, quantity: number) => Promise<boolean>;
  /** Asks the shop again for what is in it and what it costs. */
  reload: () => Promise<void>;
  /** What became of a guest's cart at sign-in, until it was read. */
  merged: Merged | undefined;
  dismissMerged: () => void;
}

export const CartContext = createContext<CartValue | undefined>(undefined);

export function useCart(): CartValue {
  const value = useContext(CartContext);
  if (!value) throw new Error('useCart needs a CartProvider around it');
  return value;
}
