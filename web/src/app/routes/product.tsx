import { Link, useParams } from 'react-router';

import type { PageHandle } from '../page-handle';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { LoadFailed } from '@/components/ui/load-failed';
import { PageHeading } from '@/components/ui/page-heading';
import { StaleNotice } from '@/components/ui/stale-notice';
import { paths } from '@/config/paths';
import { AddToCart, AddToCartButton } from '@/features/cart/components/add-to-cart';
import { prefetchProduct, useProduct } from '@/features/catalog/api/get-product';
import { useCategories } from '@/features/catalog/api/list-categories';
import { useProducts } from '@/features/catalog/api/list-products';
import { ProductDetail, ProductDetailSkeleton } from '@/features/catalog/components/product-detail';
import { ProductGrid, ProductGridSkeleton } from '@/features/catalog/components/product-grid';
import type { Product } from '@/types/api';

export const handle: PageHandle = { readAhead: ({ id = '' }) => prefetchProduct(id) };

export function Component() {
  const { id = '' } = useParams();
  const { data: product, error, isStale, isFetching, retry } = useProduct(id);
  if (error?.status === 404) return <UnknownProduct />;
  if (!product) {
    return error ? (
      <>
        <PageHeading title="This product" />
        <LoadFailed error={error} onRetry={retry} isRetrying={isFetching} />
      </>
    ) : (
      <>
        <div className="mb-5 h-[1lh]" />
        <ProductDetailSkeleton />
        <RelatedSkeleton />
      </>
    );
  }
  return (
    <>
      {isStale && <StaleNotice what="Price and stock" onRetry={retry} isRetrying={isFetching} />}
      <Breadcrumbs product={product} />
      {/* A new product is a new page: its number of pieces begins at one. */}
      <ProductDetail key={id} product={product} action={<AddToCart product={product} />} />
      <Related product={product} />
    </>
  );
}

function Breadcrumbs({ product }: { product: Product }) {
  const { data: categories } = useCategories();
  const category = categories?.find(({ id }) => id === product.category);
  return (
    <nav aria-label="Breadcrumbs" className="mb-5 min-h-[1lh]">
      <ol className="flex flex-wrap gap-2 text-sm text-soft">
        <li>
          <Link to={paths.products} className="underline hover:text-accent">
            Products
          </Link>
        </li>
        <li aria-hidden="true">/</li>
        <li>
          <Link to={paths.category(product.category)} className="underline hover:text-accent">
            {category?.name ?? product.category}
          </Link>
        </li>
      </ol>
    </nav>
  );
}

const relatedCount = 4;

function Related({ product }: { product: Product }) {
  const { data: pages, isLoading } = useProducts({
    category: [product.category],
    inStock: true,
    orderBy: 'newest',
    // One of them may be the product itself.
    pageSize: relatedCount + 1,
  });
  const related = pages?.[0]?.products.filter(({ id }) => id !== product.id).slice(0, relatedCount);
  if (isLoading) return <RelatedSkeleton />;
  if (!related?.length) return null;
  return (
    <section aria-labelledby="related" className="mt-16">
      <h2 id="related" className="mb-4 text-2xl">
        Goes well with it
      </h2>
      <ProductGrid
        isWide
        products={related}
        renderAction={(one) => <AddToCartButton product={one} />}
      />
    </section>
  );
}

/** Takes the room, so that the footer does not jump. */
function RelatedSkeleton() {
  return (
    <div className="mt-16">
      <div className="mb-4 h-9" />
      <ProductGridSkeleton count={relatedCount} isWide />
    </div>
  );
}

function UnknownProduct() {
  return (
    <>
      <PageHeading title="No such product" />
      <EmptyState
        title="This product is not sold here, or not any more"
        action={<ButtonLink to={paths.products}>All products</ButtonLink>}
      />
    </>
  );
}
