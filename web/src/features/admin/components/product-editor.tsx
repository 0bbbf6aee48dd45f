import { useState } from 'react';

import { archiveProduct, unarchiveProduct } from '../api/archive-product';
import { forgetProduct, useProductRecord } from '../api/get-product-record';
import { updateProduct } from '../api/update-product';
import { changesTo, fieldsOf } from '../product-fields';
import { ProductForm } from './product-form';
import { ProductHistory } from './product-history';
import { StockForm } from './stock-form';
import { Button, ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { LoadFailed } from '@/components/ui/load-failed';
import { ErrorNotice } from '@/components/ui/notice';
import { PageHeading } from '@/components/ui/page-heading';
import { StaleNotice } from '@/components/ui/stale-notice';
import { useToast } from '@/components/ui/toasts';
import { paths } from '@/config/paths';
import { useSubmit } from '@/lib/use-submit';
import type { Category, Product, ProductRecord } from '@/types/api';

interface ProductEditorProps {
  id: string;
  userId: string;
  categories: readonly Category[];
}

/** One product: what is said of it, its stock, and all that was changed about it. */
export function ProductEditor({ id, userId, categories }: ProductEditorProps) {
  const { data, error, isLoading, isFetching, isStale, retry } = useProductRecord(id);
  const product = data?.record?.product;
  if (!data?.record || !product) {
    if (error?.status === 404) return <NoSuchProduct />;
    return (
      <>
        <PageHeading title="Product" />
        {isLoading && <div className="skeleton h-96 rounded-card" />}
        {error && <LoadFailed error={error} onRetry={retry} isRetrying={isFetching} />}
      </>
    );
  }
  return (
    <>
      <PageHeading title={product.name} aside={<OnSale record={data.record} product={product} />} />
      {isStale && <StaleNotice what="This product" onRetry={retry} isRetrying={isFetching} />}
      <div className="grid gap-8 lg:grid-cols-[3fr_2fr]">
        <section aria-label="What is said of it">
          <Details product={product} categories={categories} />
        </section>
        <StockForm record={data.record} productId={id} userId={userId} />
      </div>
      <ProductHistory changes={data.changes} adjustments={data.adjustments} />
    </>
  );
}

function Details({ product, categories }: { product: Product; categories: readonly Category[] }) {
  const toast = useToast();
  // What is typed is about the product as it was read then, whatever comes meanwhile.
  const [base, setBase] = useState(product);
  const [fields, setFields] = useState(() => fieldsOf(product));
  const currencyCode = product.price?.currencyCode ?? 'EUR';
  const isOutdated = base.etag !== product.etag;
  const { run, isBusy, error } = useSubmit(async () => {
    const changes = changesTo(base, fields, currencyCode);
    try {
      const { product: saved } = await updateProduct(base.id, { etag: base.etag, ...changes });
      if (saved) setBase(saved);
      toast({ tone: 'success', title: 'Saved; shoppers see it within two seconds' });
    } finally {
      forgetProduct(base.id);
    }
  });
  return (
    <>
      <ProductForm
        {...{ fields, categories, currencyCode, isBusy, error }}
        onChange={setFields}
        submitLabel="Save"
        onSubmit={() => void run()}
      />
      {isOutdated && !isBusy && (
        <p role="status" className="mt-4">
          Somebody else has changed it.{' '}
          <Button
            variant="secondary"
            size="small"
            onClick={() => {
              setBase(product);
              setFields(fieldsOf(product));
            }}
          >
            Show it as it is now
          </Button>
        </p>
      )}
    </>
  );
}

function OnSale({ record, product }: { record: ProductRecord; product: Product }) {
  const toast = useToast();
  const { run, isBusy, error } = useSubmit(async () => {
    const { active } = await (record.active ? archiveProduct : unarchiveProduct)(product.id);
    toast({ tone: 'success', title: active ? 'It is on sale again' : 'It is off sale' });
    forgetProduct(product.id);
  });
  return (
    <div className="flex flex-wrap items-center gap-3">
      {error && <ErrorNotice error={error} />}
      {record.active && (
        <ButtonLink to={paths.product(product.id)} variant="quiet">
          See it in the shop
        </ButtonLink>
      )}
      <Button
        variant={record.active ? 'danger' : 'secondary'}
        isBusy={isBusy}
        onClick={() => void run()}
      >
        {record.active ? 'Take off sale' : 'Put on sale again'}
      </Button>
    </div>
  );
}

function NoSuchProduct() {
  return (
    <>
      <PageHeading title="No such product" />
      <EmptyState
        title="There is no product at this address"
        action={<ButtonLink to={paths.adminProducts}>All products</ButtonLink>}
      />
    </>
  );
}
