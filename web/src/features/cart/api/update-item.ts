import { call } from '@/lib/api-client';
import type { Cart } from '@/types/api';

export async function updateItem(productId: string, quantity: number): Promise<Cart> {
  const url = `/api/cart/item/${encodeURIComponent(productId)}`;
  return (await call<Cart>({ method: 'PUT', url, data: { quantity } })).body;
}
