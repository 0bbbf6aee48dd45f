import { productRecordsKey } from './list-product-records';
import { get } from '@/lib/api-client';
import { queryCache } from '@/lib/query-cache';
import { useQuery } from '@/lib/use-query';
import type { ProductRecordDetail } from '@/types/api';

const keyOf = (id: string) => `user/admin/product/${id}`;

function getProductRecord(id: string): Promise<ProductRecordDetail> {
  return get(`/api/admin/products/${encodeURIComponent(id)}`);
}

export function useProductRecord(id: string) {
  return useQuery(keyOf(id), () => getProductRecord(id));
}

/** After a change: also what shoppers have on their pages in this tab. */
export function forgetProduct(id: string): void {
  for (const key of [keyOf(id), productRecordsKey, 'catalog/']) queryCache.invalidate(key);
}
