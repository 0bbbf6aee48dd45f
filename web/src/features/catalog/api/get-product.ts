import { get } from '@/lib/api-client';
import { queryCache } from '@/lib/query-cache';
import { useQuery } from '@/lib/use-query';
import type { Product } from '@/types/api';

const keyOf = (id: string) => `catalog/product/${id}`;

/** Fresh: who looks at one product, or has it in the cart, wants to know what it costs now. */
export function getProduct(id: string): Promise<Product> {
  const options = { anonymous: true, fresh: true };
  return get(`/api/products/${encodeURIComponent(id)}`, undefined, options);
}

export function useProduct(id: string) {
  return useQuery(keyOf(id), () => getProduct(id), { maxAgeMs: 10_000, keep: true });
}

const prefetchMaxAgeMs = 30_000;

/** Reads a product that somebody is about to look at. */
export function prefetchProduct(id: string): void {
  if (Date.now() - queryCache.read(keyOf(id)).fetchedAt < prefetchMaxAgeMs) return;
  void queryCache.fetch(keyOf(id), () => getProduct(id));
}
