import { get } from '@/lib/api-client';
import { usePages } from '@/lib/use-pages';
import { readAhead, useQuery } from '@/lib/use-query';
import type { ListProductsQuery, ListProductsResponse } from '@/types/api';

// As long as an answer may be shown without asking again: Back from a product finds the list as it
// was, with all its pages.
const maxAgeMs = 5 * 60_000;
const pageSize = 24;
const options = { maxAgeMs, keep: true };

export function listProducts(query: ListProductsQuery): Promise<ListProductsResponse> {
  return get('/api/products', query, { anonymous: true });
}

const sized = (query: ListProductsQuery) => ({ pageSize, ...query });
const keyOf = (query: ListProductsQuery) => `catalog/products/${JSON.stringify(query)}`;

export function useProducts(query: ListProductsQuery) {
  const asked = sized(query);
  return usePages(
    keyOf(asked),
    (pageToken) => listProducts({ ...asked, ...(pageToken && { pageToken }) }),
    options,
  );
}

/** Reads the first page of a list that somebody is about to look at. */
export function prefetchProducts(query: ListProductsQuery): Promise<void> {
  const asked = sized(query);
  return readAhead(keyOf(asked), async () => [await listProducts(asked)], options);
}

/** How many products a query has; for the counts beside filters. */
export function useProductCount(query: ListProductsQuery): number | undefined {
  const counted = { ...query, pageSize: 1 };
  return useQuery(keyOf(counted), () => listProducts(counted), { maxAgeMs }).data?.totalSize;
}
