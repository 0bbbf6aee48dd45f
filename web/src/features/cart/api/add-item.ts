import { post } from '@/lib/api-client';
import type { Cart } from '@/types/api';

/** Adds to what is there: sent twice, it adds twice. */
export function addItem(productId: string, quantity: number): Promise<Cart> {
  return post('/api/cart/add', { productId, quantity });
}
