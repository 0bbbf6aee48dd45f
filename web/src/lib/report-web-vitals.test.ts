import { expect, test } from 'vitest';

import { pageOf } from './report-web-vitals';

test('a beacon names the kind of page, not which one', () => {
  expect(pageOf('/products/285306f7-7235')).toBe('/products/:id');
  expect(pageOf('/orders/285306f7-7235')).toBe('/orders/:id');
  expect(pageOf('/admin/sagas/285306f7-7235')).toBe('/admin/sagas/:id');
  expect(pageOf('/cart')).toBe('/cart');
});
