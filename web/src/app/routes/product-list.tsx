import { useCallback, useMemo, useState } from 'react';
import { useSearchParams } from 'react-router';

import type { PageHandle } from '../page-handle';
import { Button } from '@/components/ui/button';
import { FilterIcon } from '@/components/ui/icons';
import { PageHeading } from '@/components/ui/page-heading';
import { AddToCartButton } from '@/features/cart/components/add-to-cart';
import { prefetchProducts, useProducts } from '@/features/catalog/api/list-products';
import { ProductFilter } from '@/features/catalog/components/product-filter';
import { ProductList } from '@/features/catalog/components/product-list';
import { SortSelect } from '@/features/catalog/components/sort-select';
import {
  clearFilters,
  countFilters,
  readListState,
  toProductsQuery,
  writeListState,
  type ListState,
} from '@/features/catalog/list-query';

// The address is what counts, but it changes in a transition: until then, controls show what was asked for.
function useListState() {
  const [parameters, setParameters] = useSearchParams();
  const inAddress = useMemo(() => readListState(parameters), [parameters]);
  const [wish, setWish] = useState({ after: parameters, state: inAddress });
  const state = wish.after === parameters ? wish.state : inAddress;
  const setState = useCallback(
    (next: ListState) => {
      setWish({ after: parameters, state: next });
      setParameters(writeListState(next), { preventScrollReset: true });
    },
    [parameters, setParameters],
  );
  return [state, setState] as const;
}

export const handle: PageHandle = {
  readAhead: (_, search) =>
    prefetchProducts(toProductsQuery(readListState(new URLSearchParams(search)))),
};

export function Component() {
  const [state, setState] = useListState();
  const list = useProducts(toProductsQuery(state));
  const [areFiltersOpen, setFiltersOpen] = useState(false);
  const first = list.data?.[0];
  const filterCount = countFilters(state);
  return (
    <>
      <PageHeading
        title={state.query ? `“${state.query}”` : 'All products'}
        aside={<SortSelect state={state} onChange={setState} />}
      />
      <div className="mb-4 flex min-h-11 flex-wrap items-center justify-between gap-3">
        <p role="status" className="text-soft">
          {first && describeSize(first.totalSize)}
        </p>
        <Button
          variant="secondary"
          className="lg:hidden"
          aria-expanded={areFiltersOpen}
          aria-controls="filters"
          onClick={() => {
            setFiltersOpen(!areFiltersOpen);
          }}
        >
          <FilterIcon />
          Filters{filterCount > 0 && ` (${filterCount})`}
        </Button>
      </div>
      <div className="grid grid-cols-1 gap-6 lg:grid-cols-[15rem_minmax(0,1fr)] lg:gap-10">
        <aside
          id="filters"
          aria-label="Filters"
          className={
            areFiltersOpen
              ? 'max-lg:rounded-card max-lg:border max-lg:border-line max-lg:bg-surface max-lg:p-5'
              : 'max-lg:hidden'
          }
        >
          <ProductFilter
            state={state}
            onChange={setState}
            facets={first?.facets}
            currencyCode={first?.products[0]?.price?.currencyCode ?? 'EUR'}
          />
        </aside>
        <section aria-labelledby="found">
          <h2 id="found" className="sr-only">
            Products
          </h2>
          <ProductList
            list={list}
            renderAction={(product) => <AddToCartButton product={product} />}
            emptyAction={
              <Button
                variant="secondary"
                onClick={() => {
                  setState({ ...clearFilters(state), query: '' });
                }}
              >
                Show everything
              </Button>
            }
          />
        </section>
      </div>
    </>
  );
}

// The shop counts exactly up to here.
const countedUpTo = 10_000;

function describeSize(size: number): string {
  if (size === 1) return '1 product';
  const text = size.toLocaleString();
  return size >= countedUpTo ? `More than ${text} products` : `${text} products`;
}
