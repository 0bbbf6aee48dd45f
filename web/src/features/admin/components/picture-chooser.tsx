import { useState } from 'react';

import { useProductRecords } from '../api/list-product-records';
import { PagedList } from './paged-list';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Input } from '@/components/ui/input';
import { Modal } from '@/components/ui/modal';
import { ProductImage } from '@/components/ui/product-image';
import { useDebounced } from '@/lib/use-debounced';
import type { ListProductRecordsResponse } from '@/types/api';

interface PictureChooserProps {
  /** The path of the picture that is chosen now. */
  value: string;
  onChoose: (src: string) => void;
}

/** A button, and behind it the pictures that there are: those of all products, found by name. */
export function PictureChooser({ value, onChoose }: PictureChooserProps) {
  const [isOpen, setOpen] = useState(false);
  const close = () => {
    setOpen(false);
  };
  return (
    <>
      <Button
        variant="secondary"
        size="small"
        onClick={() => {
          setOpen(true);
        }}
      >
        Choose a picture
      </Button>
      {isOpen && (
        <Modal title="Choose a picture" size="large" onClose={close}>
          <Pictures
            value={value}
            onChoose={(src) => {
              onChoose(src);
              close();
            }}
          />
        </Modal>
      )}
    </>
  );
}

const debounceMs = 250;

function Pictures({ value, onChoose }: PictureChooserProps) {
  const [text, setText] = useState('');
  const [query, setQuery] = useState('');
  useDebounced(text, debounceMs, (latest) => {
    setQuery(latest.trim());
  });
  const list = useProductRecords({ filter: 'ANY', ...(query && { query }) });
  return (
    // Events of a form in a dialog would reach the form that the dialog stands in.
    <div className="space-y-4">
      <Input
        label="Search by the name of a product"
        type="search"
        isOptional
        maxLength={200}
        value={text}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.preventDefault();
        }}
        onChange={(event) => {
          setText(event.target.value);
        }}
      />
      <div className="max-h-[55vh] overflow-y-auto p-1">
        <PagedList
          list={list}
          itemsOf={picturesOf}
          empty={<EmptyState title="No such product">Try another word.</EmptyState>}
        >
          {(pictures) => (
            <ul className="grid grid-cols-3 gap-3 sm:grid-cols-5">
              {unique(pictures).map(({ src, name }) => (
                <li key={src}>
                  <button
                    type="button"
                    aria-pressed={src === value}
                    onClick={() => {
                      onChoose(src);
                    }}
                    className="block w-full rounded-control border-2 border-transparent hover:border-line-strong aria-pressed:border-accent"
                  >
                    <ProductImage
                      src={src}
                      alt={`Picture of ${name}`}
                      className="rounded-control"
                    />
                  </button>
                </li>
              ))}
            </ul>
          )}
        </PagedList>
      </div>
    </div>
  );
}

interface Picture {
  src: string;
  name: string;
}

function picturesOf({ records }: ListProductRecordsResponse): Picture[] {
  return records.flatMap(({ product }) =>
    product?.imageUrl ? [{ src: product.imageUrl, name: product.name }] : [],
  );
}

/** Several products may share one picture. */
function unique(pictures: readonly Picture[]): Picture[] {
  return [...new Map(pictures.map((picture) => [picture.src, picture])).values()];
}
