import { get } from '@/lib/api-client';
import { usePages } from '@/lib/use-pages';
import type { ListOrderRecordsQuery, ListOrderRecordsResponse } from '@/types/api';

export const orderRecordsKey = 'user/admin/orders';

function listOrderRecords(query: ListOrderRecordsQuery): Promise<ListOrderRecordsResponse> {
  return get('/api/admin/orders', query);
}

/** Nothing is asked for without a query. */
export function useOrderRecords(query: ListOrderRecordsQuery | undefined) {
  return usePages(query && `${orderRecordsKey}/${JSON.stringify(query)}`, (pageToken) =>
    listOrderRecords({ ...query, ...(pageToken && { pageToken }) }),
  );
}
