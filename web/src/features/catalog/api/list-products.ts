import { get } from '@/lib/api-client';
import { usePages } from '@/lib/use-pages';
import { useQuery } from '@/lib/use-query';
import type { ListProductsQuery, ListProductsResponse } from '@/types/api';

// As long as an answer may be shown without asking again: Back from a product finds the list as it
// was, with all its pages.
const maxAgeMs = 5 * 60_000;
const pageSize = 24;

export function listProducts(query: ListProductsQuery): Promise<ListProductsResponse> {
  return get('/api/products', query, { anonymous: true });
}

const keyOf = (query: ListProductsQuery) => `catalog/products/${JSON.stringify(query)}`;

export function useProducts(query: ListProductsQuery) {
  const sized = { pageSize, ...query };
  return usePages(
    keyOf(sized),
    (pageToken) => listProducts({ ...sized, ...(pageToken && { pageToken }) }),
    { maxAgeMs, keep: true },
  );
}

/** How many products a query has; for the counts beside filters. */
export function useProductCount(query: ListProductsQuery): number | undefined {
  const counted = { ...query, pageSize: 1 };
  return useQuery(keyOf(counted), () => listProducts(counted), { maxAgeMs }).data?.totalSize;
}
