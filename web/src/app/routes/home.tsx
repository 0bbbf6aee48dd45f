import { Link } from 'react-router';

import type { PageHandle } from '../page-handle';
import { ButtonLink } from '@/components/ui/button';
import { LoadFailed } from '@/components/ui/load-failed';
import { PageHeading } from '@/components/ui/page-heading';
import { ProductImage } from '@/components/ui/product-image';
import { StaleNotice } from '@/components/ui/stale-notice';
import { paths } from '@/config/paths';
import { AddToCartButton } from '@/features/cart/components/add-to-cart';
import { useCategories } from '@/features/catalog/api/list-categories';
import { prefetchProducts, useProducts } from '@/features/catalog/api/list-products';
import { ProductGrid, ProductGridSkeleton } from '@/features/catalog/components/product-grid';
import type { Product } from '@/types/api';

const pictured = 3;
const listed = 8;

const newest = { orderBy: 'newest', inStock: true, pageSize: pictured + listed } as const;

export const handle: PageHandle = { readAhead: () => prefetchProducts(newest) };

export function Component() {
  const list = useProducts(newest);
  const products = list.data?.flatMap((page) => page.products);
  return (
    <>
      <Welcome products={products?.slice(0, pictured) ?? []} />
      <Categories />
      <NewArrivals list={list} products={products?.slice(pictured, pictured + listed)} />
    </>
  );
}

function Welcome({ products }: { products: Product[] }) {
  return (
    <section className="mb-10 grid items-center gap-8 overflow-hidden rounded-card bg-accent-soft px-6 py-10 sm:mb-14 sm:px-10 md:grid-cols-[1.1fr_1fr] lg:px-14 lg:py-12">
      <div>
        <PageHeading title="Cartwright" className="max-w-2xl">
          <span className="block text-4xl sm:text-5xl lg:text-6xl">Things worth living with</span>
        </PageHeading>
        <p className="mt-4 mb-7 max-w-lg text-lg text-soft">
          Chairs, lamps, rugs and clay, made by people who sign their work. Delivered free, and paid
          once.
        </p>
        <ButtonLink to={paths.products} size="large">
          See everything
        </ButtonLink>
      </div>
      <Pictures products={products} />
    </section>
  );
}

// One large picture and two small ones beside it; the room is there before they are.
function Pictures({ products }: { products: Product[] }) {
  const places = Array.from({ length: pictured }, (_, at) => products[at]);
  return (
    <ul className="grid aspect-[3/2] grid-cols-[2fr_1fr] grid-rows-2 gap-3 max-md:hidden">
      {places.map((product, at) => (
        <li
          key={product?.id ?? at}
          className="overflow-hidden rounded-card bg-surface/50 first:row-span-2"
        >
          {product && (
            <Link to={paths.product(product.id)} className="block h-full">
              <ProductImage
                src={product.imageUrl}
                alt={product.name}
                isFirst
                className="h-full transition-transform duration-300 hover:scale-[1.03]"
              />
            </Link>
          )}
        </li>
      ))}
    </ul>
  );
}

function Categories() {
  const { data } = useCategories();
  return (
    <section aria-labelledby="categories" className="mb-10 sm:mb-14">
      <h2 id="categories" className="mb-4 text-2xl">
        By kind
      </h2>
      <ul className="flex gap-2 max-sm:-mx-4 max-sm:overflow-x-auto max-sm:px-4 max-sm:pb-2 sm:min-h-24 sm:flex-wrap sm:content-start">
        {data?.map(({ id, name, productCount }) => (
          <li key={id} className="shrink-0">
            <Link
              to={paths.category(id)}
              className="flex min-h-11 items-center gap-2 rounded-full border border-line bg-surface px-4 hover:border-accent hover:text-accent"
            >
              {name}
              <span className="text-sm text-soft tabular-nums">{productCount}</span>
            </Link>
          </li>
        ))}
        {!data && <li className="h-11" />}
      </ul>
    </section>
  );
}

interface NewArrivalsProps {
  list: ReturnType<typeof useProducts>;
  products: Product[] | undefined;
}

function NewArrivals({ list, products }: NewArrivalsProps) {
  const { error, isLoading, isStale, isFetching, retry } = list;
  return (
    <section aria-labelledby="new">
      <h2 id="new" className="mb-4 text-2xl">
        Just arrived
      </h2>
      {isStale && <StaleNotice what="These products" onRetry={retry} isRetrying={isFetching} />}
      {isLoading && <ProductGridSkeleton count={listed} isWide />}
      {!products && error && <LoadFailed error={error} onRetry={retry} isRetrying={isFetching} />}
      {products && (
        <ProductGrid
          isWide
          products={products}
          renderAction={(product) => <AddToCartButton product={product} />}
        />
      )}
    </section>
  );
}
