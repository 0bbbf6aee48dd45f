import { Link } from 'react-router';

import { ButtonLink } from '@/components/ui/button';
import { LoadFailed } from '@/components/ui/load-failed';
import { PageHeading } from '@/components/ui/page-heading';
import { StaleNotice } from '@/components/ui/stale-notice';
import { paths } from '@/config/paths';
import { AddToCartButton } from '@/features/cart/components/add-to-cart';
import { useCategories } from '@/features/catalog/api/list-categories';
import { useProducts } from '@/features/catalog/api/list-products';
import { ProductGrid, ProductGridSkeleton } from '@/features/catalog/components/product-grid';

const shown = 8;

export function Component() {
  return (
    <>
      <section className="mb-10 rounded-card bg-accent-soft px-6 py-10 sm:mb-14 sm:px-12 sm:py-16">
        <PageHeading title="Cartwright" className="max-w-2xl sm:text-6xl">
          <span className="block text-4xl sm:text-5xl lg:text-6xl">Things worth living with</span>
        </PageHeading>
        <p className="mt-4 mb-7 max-w-lg text-lg text-soft">
          Chairs, lamps, rugs and clay, made by people who sign their work. Delivered free, and paid
          once.
        </p>
        <ButtonLink to={paths.products} size="large">
          See everything
        </ButtonLink>
      </section>
      <Categories />
      <NewArrivals />
    </>
  );
}

function Categories() {
  const { data } = useCategories();
  return (
    <section aria-labelledby="categories" className="mb-10 sm:mb-14">
      <h2 id="categories" className="mb-4 text-2xl">
        By kind
      </h2>
      <ul className="flex min-h-[12.5rem] flex-wrap content-start gap-2 sm:min-h-[6rem]">
        {data?.map(({ id, name, productCount }) => (
          <li key={id}>
            <Link
              to={paths.category(id)}
              className="flex min-h-11 items-center gap-2 rounded-full border border-line bg-surface px-4 hover:border-accent hover:text-accent"
            >
              {name}
              <span className="text-sm text-soft tabular-nums">{productCount}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function NewArrivals() {
  const { data: pages, error, isLoading, isStale, isFetching, retry } = useProducts({
    orderBy: 'newest',
    inStock: true,
    pageSize: shown,
  });
  return (
    <section aria-labelledby="new">
      <h2 id="new" className="mb-4 text-2xl">
        Just arrived
      </h2>
      {isStale && <StaleNotice what="These products" onRetry={retry} isRetrying={isFetching} />}
      {isLoading && <ProductGridSkeleton count={shown} isWide />}
      {!pages && error && <LoadFailed error={error} onRetry={retry} isRetrying={isFetching} />}
      {pages && (
        <ProductGrid
          isWide
          products={pages.flatMap((page) => page.products).slice(0, shown)}
          renderAction={(product) => <AddToCartButton product={product} />}
        />
      )}
    </section>
  );
}
