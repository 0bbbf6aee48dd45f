import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { MemoryRouter } from 'react-router';
import { beforeEach, expect, test, vi } from 'vitest';

import { ProductEditor } from './product-editor';
import { pictureSize } from '../picture';
import { archiveProduct } from '../api/archive-product';
import { updateProduct } from '../api/update-product';
import { ToastProvider } from '@/components/ui/toasts';
import { get } from '@/lib/api-client';
import { ApiError } from '@/lib/api-error';
import { queryCache } from '@/lib/query-cache';
import { aProduct, aRecord, eur } from '@/testing/generators';
import type { ProductRecord } from '@/types/api';

vi.mock('@/lib/api-client');
vi.mock('../api/update-product');
vi.mock('../api/archive-product');
vi.mock('../picture');

const serve = (record: ProductRecord) =>
  vi.mocked(get).mockResolvedValue({ record, changes: [], adjustments: [] });
const renderEditor = async () => {
  render(
    <MemoryRouter>
      <ToastProvider>
        <ProductEditor
          id="p-1"
          userId="u-1"
          categories={[{ id: 'chairs', name: 'Chairs', productCount: 1 }]}
        />
      </ToastProvider>
    </MemoryRouter>,
  );
  await screen.findByRole('heading', { level: 1, name: 'Oak chair' });
};
const price = () => screen.getByLabelText('Price in EUR');
const save = () => userEvent.click(screen.getByRole('button', { name: 'Save' }));

beforeEach(() => {
  queryCache.remove('user/');
  vi.mocked(updateProduct).mockReset();
  vi.mocked(pictureSize).mockResolvedValue({ width: 640, height: 480 });
  serve(aRecord());
});

test('sends the new price alone, and what it was read as', async () => {
  vi.mocked(updateProduct).mockResolvedValue(aRecord());
  await renderEditor();
  await userEvent.clear(price());
  await userEvent.type(price(), '150');
  await save();
  expect(updateProduct).toHaveBeenCalledWith('p-1', { etag: 'etag', price: eur(15_000) });
  expect(await screen.findByText('Saved; shoppers see it within two seconds')).toBeVisible();
});

test('what somebody else has changed is not undone, and can be looked at', async () => {
  vi.mocked(updateProduct).mockRejectedValue(new ApiError(409, { reason: 'PRODUCT_CHANGED' }));
  await renderEditor();
  serve(aRecord({ product: aProduct({ etag: 'newer', price: eur(20_000) }) }));
  await userEvent.clear(price());
  await userEvent.type(price(), '150');
  await save();
  expect(await screen.findByRole('alert')).toHaveTextContent('Changed meanwhile');
  expect(price()).toHaveValue('150');
  await userEvent.click(await screen.findByRole('button', { name: 'Show it as it is now' }));
  expect(price()).toHaveValue('200');
});

test('a product is taken off sale', async () => {
  vi.mocked(archiveProduct).mockResolvedValue(aRecord({ active: false }));
  await renderEditor();
  serve(aRecord({ active: false }));
  await userEvent.click(screen.getByRole('button', { name: 'Take off sale' }));
  expect(archiveProduct).toHaveBeenCalledWith('p-1');
  expect(await screen.findByRole('button', { name: 'Put on sale again' })).toBeVisible();
});

test('what is typed while it is taken off sale can be saved then', async () => {
  const archived = aRecord({ active: false, product: aProduct({ etag: 'archived' }) });
  vi.mocked(archiveProduct).mockResolvedValue(archived);
  vi.mocked(updateProduct).mockResolvedValue(archived);
  await renderEditor();
  serve(archived);
  await userEvent.clear(price());
  await userEvent.type(price(), '150');
  await userEvent.click(screen.getByRole('button', { name: 'Take off sale' }));
  expect(await screen.findByRole('button', { name: 'Put on sale again' })).toBeVisible();
  expect(screen.queryByText(/Somebody else/)).toBeNull();
  expect(price()).toHaveValue('150');
  await save();
  expect(updateProduct).toHaveBeenCalledWith('p-1', { etag: 'archived', price: eur(15_000) });
});

test('taking it off sale does not hide what somebody else has changed before', async () => {
  const theirs = aProduct({ etag: 'archived', price: eur(20_000) });
  const archived = aRecord({ active: false, product: theirs });
  vi.mocked(archiveProduct).mockResolvedValue(archived);
  vi.mocked(updateProduct).mockRejectedValue(new ApiError(409, { reason: 'PRODUCT_CHANGED' }));
  await renderEditor();
  serve(archived);
  await userEvent.click(screen.getByRole('button', { name: 'Take off sale' }));
  expect(await screen.findByText(/Somebody else has changed it/)).toBeVisible();
  await save();
  expect(updateProduct).toHaveBeenCalledWith('p-1', { etag: 'etag' });
});

test('a picture that does not load is not saved', async () => {
  await renderEditor();
  expect(await screen.findByText('640 × 480')).toBeVisible();
  vi.mocked(pictureSize).mockResolvedValue(undefined);
  await userEvent.clear(screen.getByLabelText('Picture'));
  await userEvent.type(screen.getByLabelText('Picture'), '/media/no/such.svg');
  await save();
  expect(await screen.findByText('There is no picture at this path.')).toBeVisible();
  expect(screen.getByLabelText('Picture')).toBeInvalid();
  expect(updateProduct).not.toHaveBeenCalled();
});

test('a picture is chosen among those of the products', async () => {
  await renderEditor();
  const other = { ...aRecord(), product: { ...aProduct(), imageUrl: '/media/lamps/brass.svg' } };
  vi.mocked(get).mockResolvedValue({ records: [aRecord(), other, other], nextPageToken: '' });
  await userEvent.click(screen.getByRole('button', { name: 'Choose a picture' }));
  const pictures = await screen.findAllByRole('button', { name: /^Picture of/ });
  expect(pictures).toHaveLength(2);
  expect(pictures[0]).toHaveAttribute('aria-pressed', 'true');
  await userEvent.click(pictures[1] as HTMLElement);
  expect(screen.getByLabelText('Picture')).toHaveValue('/media/lamps/brass.svg');
  expect(screen.queryByRole('dialog')).toBeNull();
});
