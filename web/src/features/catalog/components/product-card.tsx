import type { ReactNode } from 'react';
import { Link } from 'react-router';

import { prefetchProduct } from '../api/get-product';
import { StockLabel } from './stock-label';
import { Price } from '@/components/ui/price';
import { ProductImage } from '@/components/ui/product-image';
import { paths } from '@/config/paths';
import type { Product } from '@/types/api';

interface ProductCardProps {
  product: Product;
  /** The button below, which the page brings: the catalog does not know about carts. */
  action?: ReactNode;
  isFirst?: boolean;
}

export function ProductCard({ product, action, isFirst = false }: ProductCardProps) {
  const prefetch = () => {
    void prefetchProduct(product.id);
  };
  return (
    <article className="group relative flex h-full flex-col overflow-hidden rounded-card border border-line bg-surface shadow-card transition-shadow focus-within:shadow-raised hover:shadow-raised">
      <div className="overflow-hidden">
        <ProductImage
          src={product.imageUrl}
          alt=""
          isFirst={isFirst}
          className="transition-transform duration-300 group-hover:scale-[1.03]"
        />
      </div>
      <div className="flex flex-1 flex-col gap-2 p-3 sm:p-4">
        <h3 className="line-clamp-2 min-h-[2lh] leading-snug font-medium">
          <Link
            to={paths.product(product.id)}
            onPointerEnter={prefetch}
            onFocus={prefetch}
            className="after:absolute after:inset-0 group-hover:text-accent"
          >
            {product.name}
          </Link>
        </h3>
        <p className="mt-auto flex min-h-[1lh] flex-wrap items-baseline justify-between gap-x-3">
          <Price money={product.price} className="text-lg font-semibold" />
          <span className="text-sm">
            <StockLabel available={product.available} />
          </span>
        </p>
        {/* Above the link, which covers the card. */}
        {action && <div className="relative z-10">{action}</div>}
      </div>
    </article>
  );
}

export function ProductCardSkeleton() {
  return (
    <div className="overflow-hidden rounded-card border border-line bg-surface shadow-card">
      <div className="skeleton aspect-square" />
      <div className="flex flex-col gap-2 p-3 sm:p-4">
        <div className="h-[2lh] py-1 leading-snug">
          <div className="skeleton h-full rounded" />
        </div>
        <div className="h-[1lh] text-lg">
          <div className="skeleton h-4/5 w-24 rounded" />
        </div>
        <div className="skeleton h-9 rounded-control" />
      </div>
    </div>
  );
}
