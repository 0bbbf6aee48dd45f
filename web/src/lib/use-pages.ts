import { useCallback, useState } from 'react';

import { toApiError, type ApiError } from './api-error';
import { queryCache } from './query-cache';
import { useQuery, type Query, type QueryOptions } from './use-query';

export interface Page {
  nextPageToken: string;
}

export interface Pages<P> extends Query<P[]> {
  hasMore: boolean;
  isLoadingMore: boolean;
  moreError: ApiError | undefined;
  loadMore: () => Promise<void>;
}

/**
 * A list that grows page by page. The pages are one entry of the cache, so that Back shows as many
 * as there were.
 */
export function usePages<P extends Page>(
  key: string | undefined,
  fetchPage: (pageToken: string | undefined) => Promise<P>,
  options?: QueryOptions,
): Pages<P> {
  const query = useQuery<P[]>(key, async () => [await fetchPage(undefined)], options);
  const [more, setMore] = useState<{ key: string; error?: ApiError }>();
  const pages = query.data;
  const nextPageToken = pages?.at(-1)?.nextPageToken;

  const loadMore = useCallback(async () => {
    if (key === undefined || !pages || !nextPageToken) return;
    setMore({ key });
    try {
      const page = await fetchPage(nextPageToken);
      // Another query may have come, or the list may have begun anew meanwhile.
      if (queryCache.read<P[]>(key).data === pages) queryCache.write(key, [...pages, page]);
      setMore(undefined);
    } catch (error) {
      setMore({ key, error: toApiError(error) });
    }
  }, [key, pages, nextPageToken, fetchPage]);

  const current = more?.key === key ? more : undefined;
  return {
    ...query,
    hasMore: Boolean(nextPageToken),
    isLoadingMore: current !== undefined && current.error === undefined,
    moreError: current?.error,
    loadMore,
  };
}
