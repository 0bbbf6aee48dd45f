import type { ReactNode } from 'react';

import { useCategories } from '../api/list-categories';
import { useProductCount } from '../api/list-products';
import { clearFilters, countFilters, toProductsQuery, type ListState } from '../list-query';
import { priceBands, type PriceBand } from '../price-bands';
import { Button } from '@/components/ui/button';
import type { Facet } from '@/types/api';

interface ProductFilterProps {
  state: ListState;
  onChange: (state: ListState) => void;
  /** Counts of the categories within the search, from the list's answer. */
  facets: readonly Facet[] | undefined;
  currencyCode: string;
}

export function ProductFilter({ state, onChange, facets, currencyCode }: ProductFilterProps) {
  return (
    <div className="space-y-7">
      <CategoryFilter state={state} onChange={onChange} facets={facets} />
      <Group legend="Price">
        <Choice
          type="radio"
          name="price"
          label="Any price"
          isChecked={state.minPrice === undefined && state.maxPrice === undefined}
          onChange={() => {
            onChange({ ...state, minPrice: undefined, maxPrice: undefined });
          }}
        />
        {priceBands(currencyCode).map((band) => (
          <BandChoice key={band.label} band={band} state={state} onChange={onChange} />
        ))}
      </Group>
      <Group legend="Availability">
        <Choice
          type="checkbox"
          name="stock"
          label="In stock only"
          isChecked={state.inStock}
          onChange={(inStock) => {
            onChange({ ...state, inStock });
          }}
        />
      </Group>
      {countFilters(state) > 0 && (
        <Button
          variant="secondary"
          size="small"
          onClick={() => {
            onChange(clearFilters(state));
          }}
        >
          Clear all filters
        </Button>
      )}
    </div>
  );
}

function CategoryFilter({ state, onChange, facets }: Omit<ProductFilterProps, 'currencyCode'>) {
  const { data: categories } = useCategories();
  const counts = new Map(facets?.map(({ category, count }) => [category, count]));
  return (
    <Group legend="Category">
      {categories?.map(({ id, name, productCount }) => (
        <Choice
          key={id}
          type="checkbox"
          name="category"
          label={name}
          count={facets ? (counts.get(id) ?? 0) : productCount}
          isChecked={state.categories.includes(id)}
          onChange={(isChecked) => {
            const others = state.categories.filter((category) => category !== id);
            onChange({ ...state, categories: isChecked ? [...others, id].sort() : others });
          }}
        />
      ))}
      {!categories && <div className="skeleton h-96 rounded-card" />}
    </Group>
  );
}

interface BandChoiceProps {
  band: PriceBand;
  state: ListState;
  onChange: (state: ListState) => void;
}

function BandChoice({ band, state, onChange }: BandChoiceProps) {
  const { minPrice, maxPrice } = band;
  const count = useProductCount(toProductsQuery({ ...state, minPrice, maxPrice }));
  return (
    <Choice
      type="radio"
      name="price"
      label={band.label}
      count={count}
      isChecked={state.minPrice === minPrice && state.maxPrice === maxPrice}
      onChange={() => {
        onChange({ ...state, minPrice, maxPrice });
      }}
    />
  );
}

function Group({ legend, children }: { legend: string; children: ReactNode }) {
  return (
    <fieldset>
      <legend className="mb-2 font-semibold">{legend}</legend>
      {children}
    </fieldset>
  );
}

interface ChoiceProps {
  type: 'checkbox' | 'radio';
  name: string;
  label: string;
  count?: number | undefined;
  isChecked: boolean;
  onChange: (isChecked: boolean) => void;
}

function Choice({ type, name, label, count, isChecked, onChange }: ChoiceProps) {
  return (
    <label className="-mx-2 flex min-h-9 cursor-pointer items-center gap-3 rounded-control px-2 py-1 hover:bg-sunken">
      <input
        type={type}
        name={name}
        checked={isChecked}
        onChange={(event) => {
          onChange(event.target.checked);
        }}
        className="size-4.5 shrink-0 accent-accent"
      />
      <span className="flex-1">{label}</span>
      {count !== undefined && (
        <span className="text-sm text-soft tabular-nums">
          {count}
          <span className="sr-only"> products</span>
        </span>
      )}
    </label>
  );
}
