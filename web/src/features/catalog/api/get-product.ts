import { get } from '@/lib/api-client';
import { readAhead, useQuery } from '@/lib/use-query';
import type { Product } from '@/types/api';

const keyOf = (id: string) => `catalog/product/${id}`;
const maxAgeMs = 10_000;

/** Fresh: who looks at one product, or has it in the cart, wants to know what it costs now. */
export function getProduct(id: string): Promise<Product> {
  const options = { anonymous: true, fresh: true };
  return get(`/api/products/${encodeURIComponent(id)}`, undefined, options);
}

export function useProduct(id: string) {
  return useQuery(keyOf(id), () => getProduct(id), { maxAgeMs, keep: true });
}

const prefetchMaxAgeMs = 30_000;

/** Reads a product that somebody is about to look at. */
export function prefetchProduct(id: string): Promise<void> {
  const options = { maxAgeMs: prefetchMaxAgeMs, keep: true };
  return readAhead(keyOf(id), () => getProduct(id), options);
}
