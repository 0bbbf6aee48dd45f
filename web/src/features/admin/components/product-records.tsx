import { useState } from 'react';
import { useSearchParams } from 'react-router';

import { useProductRecords } from '../api/list-product-records';
import { PagedList } from './paged-list';
import { ProductTable } from './product-table';
import { EmptyState } from '@/components/ui/empty-state';
import { Input, Select } from '@/components/ui/input';
import { useDebounced } from '@/lib/use-debounced';
import type { Category, ListProductRecordsQuery } from '@/types/api';

const filters = { ANY: 'All', ACTIVE: 'On sale', ARCHIVED: 'Archived' } as const;
type Filter = keyof typeof filters;

const debounceMs = 250;

/** All products, with a search; what is looked for stands in the address. */
export function ProductRecords({ categories }: { categories: readonly Category[] }) {
  const [parameters, setParameters] = useSearchParams();
  const query = parameters.get('q') ?? '';
  const shown = parameters.get('show') ?? 'ANY';
  const filter: Filter = shown in filters ? (shown as Filter) : 'ANY';
  const [text, setText] = useState(query);
  const change = (name: string, value: string) => {
    setParameters(
      (before) => {
        if (value) before.set(name, value);
        else before.delete(name);
        return before;
      },
      { replace: true },
    );
  };
  useDebounced(text, debounceMs, (value) => {
    change('q', value.trim());
  });
  const list = useProductRecords({
    filter: filter satisfies NonNullable<ListProductRecordsQuery['filter']>,
    ...(query && { query }),
  });
  return (
    <>
      <div className="mb-6 grid gap-4 sm:grid-cols-[1fr_12rem]">
        <Input
          label="Search by name or id"
          type="search"
          isOptional
          maxLength={200}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
          }}
        />
        <Select
          label="Show"
          value={filter}
          onChange={(event) => {
            change('show', event.target.value === 'ANY' ? '' : event.target.value);
          }}
        >
          {Object.entries(filters).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </Select>
      </div>
      <PagedList
        list={list}
        itemsOf={({ records }) => records}
        empty={<EmptyState title="No such product">Try another word, or show all.</EmptyState>}
      >
        {(records) => <ProductTable records={records} categories={categories} />}
      </PagedList>
    </>
  );
}
