import { call } from '@/lib/api-client';
import type { Cart } from '@/types/api';

export async function removeItem(productId: string): Promise<Cart> {
  const url = `/api/cart/item/${encodeURIComponent(productId)}`;
  return (await call<Cart>({ method: 'DELETE', url })).body;
}
