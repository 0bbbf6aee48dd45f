import type { ReactNode } from 'react';

import { StockLabel } from './stock-label';
import { PageHeading } from '@/components/ui/page-heading';
import { Price } from '@/components/ui/price';
import { ProductImage } from '@/components/ui/product-image';
import type { Product } from '@/types/api';

interface ProductDetailProps {
  product: Product;
  /** Quantity and button, which the page brings. */
  action: ReactNode;
}

export function ProductDetail({ product, action }: ProductDetailProps) {
  return (
    <article className="grid gap-6 md:grid-cols-2 md:gap-10 lg:gap-14">
      <ProductImage
        src={product.imageUrl}
        alt={product.name}
        isFirst
        className="rounded-card border border-line shadow-card"
      />
      <div className="md:py-4">
        <PageHeading title={product.name} className="mb-4" />
        <p className="mb-6 flex flex-wrap items-baseline gap-x-5 gap-y-1">
          <Price money={product.price} className="text-2xl font-semibold" />
          <StockLabel available={product.available} isDetailed />
        </p>
        {action}
        <h2 className="mt-8 mb-2 text-xl">About it</h2>
        <p className="max-w-prose text-soft">{product.description}</p>
      </div>
    </article>
  );
}

export function ProductDetailSkeleton() {
  return (
    <div role="status" className="grid gap-6 md:grid-cols-2 md:gap-10 lg:gap-14">
      <span className="sr-only">Loading the product</span>
      <div className="skeleton aspect-square rounded-card" />
      <div className="space-y-4 md:py-4">
        <div className="skeleton h-10 rounded" />
        <div className="skeleton h-8 w-32 rounded" />
        <div className="skeleton h-12 w-64 rounded-control" />
        <div className="skeleton h-40 rounded" />
      </div>
    </div>
  );
}
