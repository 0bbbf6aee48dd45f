import { get } from '@/lib/api-client';
import { usePages } from '@/lib/use-pages';
import type { ListProductRecordsQuery, ListProductRecordsResponse } from '@/types/api';

export const productRecordsKey = 'user/admin/products';

function listProductRecords(query: ListProductRecordsQuery): Promise<ListProductRecordsResponse> {
  return get('/api/admin/products', query);
}

export function useProductRecords(query: ListProductRecordsQuery) {
  return usePages(`${productRecordsKey}/${JSON.stringify(query)}`, (pageToken) =>
    listProductRecords({ ...query, ...(pageToken && { pageToken }) }),
  );
}
