import { useEffect, useRef, useState, type ReactNode } from 'react';

import type { useProducts } from '../api/list-products';
import { ProductGrid, ProductGridSkeleton } from './product-grid';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { LoadFailed } from '@/components/ui/load-failed';
import { ErrorNotice } from '@/components/ui/notice';
import { StaleNotice } from '@/components/ui/stale-notice';
import type { Product } from '@/types/api';

interface ProductListProps {
  list: ReturnType<typeof useProducts>;
  renderAction: (product: Product) => ReactNode;
  /** What to do when nothing was found. */
  emptyAction: ReactNode;
}

/** The grid in each of its states: loading, failed, empty, filled, and growing. */
export function ProductList({ list, renderAction, emptyAction }: ProductListProps) {
  const { data: pages, error, retry, isFetching } = list;
  const grid = useRef<HTMLDivElement>(null);
  useFocusOnNewPage(grid, pages?.length ?? 0);

  if (list.isLoading) return <ProductGridSkeleton count={12} />;
  if (!pages) {
    return error && <LoadFailed error={error} onRetry={retry} isRetrying={isFetching} />;
  }
  const products = pages.flatMap((page) => page.products);
  return (
    <div ref={grid}>
      {list.isStale && (
        <StaleNotice what="These products" onRetry={retry} isRetrying={isFetching} />
      )}
      {products.length === 0 ? (
        <EmptyState title="Nothing matches that" action={emptyAction}>
          Try another word, or fewer filters.
        </EmptyState>
      ) : (
        <ProductGrid products={products} renderAction={renderAction} />
      )}
      {list.moreError && <ErrorNotice error={list.moreError} className="mt-6" />}
      {list.hasMore && (
        <div className="mt-8 text-center">
          <Button
            variant="secondary"
            size="large"
            isBusy={list.isLoadingMore}
            onClick={() => void list.loadMore()}
          >
            {list.moreError ? 'Try again' : 'Show more'}
          </Button>
        </div>
      )}
    </div>
  );
}

/** "Show more" moves down by a page; the focus stays where the new products begin. */
function useFocusOnNewPage(grid: React.RefObject<HTMLDivElement | null>, pageCount: number) {
  const [shown, setShown] = useState({ count: pageCount, links: 0 });
  useEffect(() => {
    const links = grid.current?.querySelectorAll<HTMLElement>('h3 a') ?? [];
    if (pageCount === shown.count + 1 && shown.count > 0) {
      links[shown.links]?.focus({ preventScroll: true });
    }
    if (pageCount !== shown.count || links.length !== shown.links) {
      setShown({ count: pageCount, links: links.length });
    }
  }, [grid, pageCount, shown]);
}
