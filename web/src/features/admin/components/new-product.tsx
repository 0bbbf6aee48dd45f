import { useState } from 'react';
import { useNavigate } from 'react-router';

import { createProduct } from '../api/create-product';
import { forgetProduct } from '../api/get-product-record';
import { emptyFields, priceOf } from '../product-fields';
import { ProductForm } from './product-form';
import { Input } from '@/components/ui/input';
import { useToast } from '@/components/ui/toasts';
import { paths } from '@/config/paths';
import { beginAttempt, pursue } from '@/lib/attempts';
import { useSubmit } from '@/lib/use-submit';
import type { Category, CreateProductRequest } from '@/types/api';

interface NewProductProps {
  userId: string;
  categories: readonly Category[];
  currencyCode: string;
}

/** Adds a product, once, however often the button is pressed and however many answers are lost. */
export function NewProduct({ userId, categories, currencyCode }: NewProductProps) {
  const navigate = useNavigate();
  const toast = useToast();
  const [fields, setFields] = useState(emptyFields);
  const [stock, setStock] = useState('0');
  const isStock = /^\d{1,6}$/.test(stock);
  const { run, isBusy, error } = useSubmit(async () => {
    const { name, description, category, imageUrl } = fields;
    const price = priceOf(fields, currencyCode);
    // The form has checked it.
    if (!price) return;
    const shown = { name: name.trim(), description, category, price, imageUrl };
    const body: CreateProductRequest = { ...shown, stock };
    const attempt = await beginAttempt(`${userId}/new-product`, body);
    const { product } = await pursue(attempt, createProduct);
    if (!product) return;
    toast({ tone: 'success', title: `${product.name} is on sale` });
    forgetProduct(product.id);
    void navigate(paths.adminProduct(product.id), { replace: true });
  });
  return (
    <ProductForm
      {...{ fields, categories, currencyCode, isBusy, error }}
      onChange={setFields}
      submitLabel="Put it on sale"
      onSubmit={() => {
        if (isStock) void run();
      }}
    >
      <Input
        label="Pieces in stock"
        inputMode="numeric"
        value={stock}
        error={isStock ? undefined : 'Please enter a number from 0 to 999999.'}
        onChange={(event) => {
          setStock(event.target.value.trim());
        }}
      />
    </ProductForm>
  );
}
