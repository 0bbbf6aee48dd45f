import { get } from '@/lib/api-client';
import type { Cart } from '@/types/api';

export function getCart(): Promise<Cart> {
  return get('/api/cart');
}
