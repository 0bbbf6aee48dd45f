import { get } from '@/lib/api-client';
import { queryCache } from '@/lib/query-cache';
import { useQuery } from '@/lib/use-query';
import type { Product } from '@/types/api';

const keyOf = (id: string) => `catalog/product/${id}`;

export function getProduct(id: string): Promise<Product> {
  return get(`/api/products/${encodeURIComponent(id)}`, undefined, { anonymous: true });
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
