import { get } from '@/lib/api-client';
import { usePages } from '@/lib/use-pages';
import type { ListSagasQuery, ListSagasResponse } from '@/types/api';

export const sagasKey = 'user/admin/sagas';

function listSagas(query: ListSagasQuery): Promise<ListSagasResponse> {
  return get('/api/admin/sagas', query);
}

export function useSagas(filter: NonNullable<ListSagasQuery['filter']>) {
  return usePages(`${sagasKey}/${filter}`, (pageToken) =>
    listSagas({ filter, ...(pageToken && { pageToken }) }),
  );
}
