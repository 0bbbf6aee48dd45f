import type { ReactNode } from 'react';

import { Button } from '@/components/ui/button';
import { LoadFailed } from '@/components/ui/load-failed';
import { ErrorNotice } from '@/components/ui/notice';
import { StaleNotice } from '@/components/ui/stale-notice';
import type { Page, Pages } from '@/lib/use-pages';

interface PagedListProps<P extends Page, Item> {
  list: Pages<P>;
  itemsOf: (page: P) => readonly Item[];
  /** What is shown when there are none. */
  empty: ReactNode;
  children: (items: readonly Item[]) => ReactNode;
}

/** A list of the administration in all its states, with a button for the next page. */
export function PagedList<P extends Page, Item>(props: PagedListProps<P, Item>) {
  const { list, itemsOf, empty, children } = props;
  const { data: pages, error, retry, isFetching } = list;
  if (list.isLoading) return <div className="skeleton h-96 rounded-card" />;
  if (!pages) return error && <LoadFailed error={error} onRetry={retry} isRetrying={isFetching} />;
  const items = pages.flatMap(itemsOf);
  return (
    <>
      {list.isStale && <StaleNotice what="This list" onRetry={retry} isRetrying={isFetching} />}
      {items.length === 0 ? empty : children(items)}
      {list.moreError && <ErrorNotice error={list.moreError} className="mt-4" />}
      {list.hasMore && (
        <Button
          variant="secondary"
          className="mt-4"
          isBusy={list.isLoadingMore}
          onClick={() => void list.loadMore()}
        >
          Show more
        </Button>
      )}
    </>
  );
}
