import { expect, test } from 'vitest';

import { changesTo, checkFields, fieldsOf } from './product-fields';
import { aProduct, eur } from '@/testing/generators';

const fields = fieldsOf(aProduct());

test('a product can be sent as it is', () => {
  expect(fields).toMatchObject({ name: 'Oak chair', price: '129' });
  expect(checkFields(fields, 'EUR')).toEqual({});
  expect(changesTo(aProduct(), fields, 'EUR')).toEqual({});
});

test.each([
  ['name', '  '],
  ['category', ''],
  ['price', 'ten'],
  ['price', '0'],
  ['price', '10000000.01'],
  ['imageUrl', 'https://elsewhere.example/oak.svg'],
  ['imageUrl', '/media/../secret'],
])('%s cannot be %j', (name, value) => {
  expect(Object.keys(checkFields({ ...fields, [name]: value }, 'EUR'))).toEqual([name]);
});

test('only what differs is sent', () => {
  const edited = { ...fields, name: ' Ash chair ', price: '99,50', description: '' };
  expect(changesTo(aProduct(), edited, 'EUR')).toEqual({
    name: 'Ash chair',
    price: eur(9950),
    description: '',
  });
});
