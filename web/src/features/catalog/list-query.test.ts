import { expect, test } from 'vitest';

import {
  clearFilters,
  countFilters,
  readListState,
  toProductsQuery,
  writeListState,
} from './list-query';
import { priceBands } from './price-bands';

const read = (text: string) => readListState(new URLSearchParams(text));

test('an address is read as it was written', () => {
  const text = 'q=oak&category=chairs&category=lamps&min=2500&max=9999&stock=yes&sort=price+desc';
  expect(writeListState(read(text)).toString()).toBe(text);
});

test('what is not well formed in an address is left out', () => {
  const state = read('min=-5&max=1e3&stock=1&sort=color');
  expect(toProductsQuery(state)).toEqual({ orderBy: 'newest' });
  expect(countFilters(state)).toBe(0);
});

test('prices between which nothing can be are left out', () => {
  expect(toProductsQuery(read('min=50000&max=100'))).toEqual({ orderBy: 'newest' });
  expect(read('min=100&max=100')).toMatchObject({ minPrice: '100', maxPrice: '100' });
});

test('a search is sorted by relevance, until somebody chooses', () => {
  expect(toProductsQuery(read('q=oak'))).toEqual({ query: 'oak', orderBy: 'relevance' });
  expect(toProductsQuery(read('q=oak&sort=price')).orderBy).toBe('price');
});

test('clearing the filters keeps the search and the order', () => {
  const state = clearFilters(read('q=oak&category=chairs&min=1&stock=yes&sort=name'));
  expect(writeListState(state).toString()).toBe('q=oak&sort=name');
});

test('price bands meet without gap or overlap', () => {
  const bands = priceBands('EUR');
  expect(bands[0]).toMatchObject({ minPrice: undefined, maxPrice: '2499' });
  for (const [at, band] of bands.slice(1).entries()) {
    expect(BigInt(band.minPrice ?? -1)).toBe(BigInt(bands[at]?.maxPrice ?? -1) + 1n);
  }
  expect(bands.at(-1)?.maxPrice).toBeUndefined();
  expect(priceBands('JPY')[0]?.maxPrice).toBe('24');
});
