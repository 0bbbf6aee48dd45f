import { post } from '@/lib/api-client';
import type { MergeCartResponse } from '@/types/api';

export interface MergeItem {
  productId: string;
  quantity: number;
}

/** Adds a guest's cart to the user's, whole or not at all; sent twice, it adds twice. */
export function mergeCart(items: MergeItem[]): Promise<MergeCartResponse> {
  return post('/api/cart/merge', { items });
}
