import type { ReactNode } from 'react';

import { ProductCard, ProductCardSkeleton } from './product-card';
import type { Product } from '@/types/api';

const columns = 'grid grid-cols-2 gap-3 sm:gap-5';

const columnsOf = (isWide: boolean) =>
  `${columns} ${isWide ? 'md:grid-cols-4' : 'md:grid-cols-3 xl:grid-cols-4'}`;

interface ProductGridProps {
  products: readonly Product[];
  renderAction?: (product: Product) => ReactNode;
  /** Of wide pages without a column of filters. */
  isWide?: boolean;
}

const eagerCards = 4;

export function ProductGrid({ products, renderAction, isWide = false }: ProductGridProps) {
  return (
    <ul className={columnsOf(isWide)}>
      {products.map((product, at) => (
        <li key={product.id}>
          <ProductCard
            product={product}
            action={renderAction?.(product)}
            isFirst={at < eagerCards}
          />
        </li>
      ))}
    </ul>
  );
}

export function ProductGridSkeleton({
  count,
  isWide = false,
}: {
  count: number;
  isWide?: boolean;
}) {
  return (
    <div role="status" className={columnsOf(isWide)}>
      <span className="sr-only">Loading products</span>
      {Array.from({ length: count }, (_, at) => (
        <ProductCardSkeleton key={at} />
      ))}
    </div>
  );
}
