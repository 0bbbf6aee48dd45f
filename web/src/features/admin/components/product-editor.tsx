import { useState } from 'react';

import { archiveProduct, unarchiveProduct } from '../api/archive-product';
import { forgetProduct, useProductRecord } from '../api/get-product-record';
import { updateProduct } from '../api/update-product';
import { changesTo, fieldsOf, isSaidTheSame } from '../product-fields';
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
import type { Category, Product, ProductRecord, ProductRecordDetail } from '@/types/api';

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
      {isStale && <StaleNotice what="This product" onRetry={retry} isRetrying={isFetching} />}
      <Editor detail={data} record={data.record} {...{ product, userId, categories, isFetching }} />
    </>
  );
}

interface EditorProps {
  detail: ProductRecordDetail;
  record: ProductRecord;
  product: Product;
  userId: string;
  categories: readonly Category[];
  isFetching: boolean;
}

function Editor({ detail, record, product, userId, categories, isFetching }: EditorProps) {
  // What is typed is about the product as it was read then, whatever comes meanwhile.
  const [base, setBase] = useState(product);
  /** A change made here is no news, unless the answer has somebody else's in it, too. */
  const renew = (changed: Product) => {
    setBase((read) => (isSaidTheSame(read, changed) ? changed : read));
  };
  return (
    <>
      <PageHeading
        title={product.name}
        aside={<OnSale record={record} product={product} onChanged={renew} />}
      />
      <div className="grid gap-8 lg:grid-cols-[3fr_2fr]">
        <section aria-label="What is said of it">
          <Details {...{ product, base, setBase, categories, isFetching }} />
        </section>
        <StockForm record={record} productId={product.id} userId={userId} />
      </div>
      <ProductHistory changes={detail.changes} adjustments={detail.adjustments} />
    </>
  );
}

interface DetailsProps extends Pick<EditorProps, 'product' | 'categories' | 'isFetching'> {
  /** What the fields were filled from, and are saved against. */
  base: Product;
  setBase: (base: Product) => void;
}

function Details({ product, base, setBase, categories, isFetching }: DetailsProps) {
  const toast = useToast();
  const [fields, setFields] = useState(() => fieldsOf(product));
  const currencyCode = product.price?.currencyCode ?? 'EUR';
  // After a change made here, `product` is the older of both until it is read again.
  const isOutdated = base.etag !== product.etag && !isFetching;
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

interface OnSaleProps {
  record: ProductRecord;
  product: Product;
  /** Called with the product as it is then. */
  onChanged: (product: Product) => void;
}

function OnSale({ record, product, onChanged }: OnSaleProps) {
  const toast = useToast();
  const { run, isBusy, error } = useSubmit(async () => {
    const send = record.active ? archiveProduct : unarchiveProduct;
    const { active, product: changed } = await send(product.id);
    if (changed) onChanged(changed);
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
