import { afterEach, expect, test } from 'vitest';

import { takeFirstAnswer } from './first-answer';

afterEach(() => {
  delete window.cartwrightFirst;
});

test('is for the address it was asked from, and once', async () => {
  window.cartwrightFirst = { url: '/api/products/1', answer: Promise.resolve({ id: '1' }) };
  expect(await takeFirstAnswer('/api/products/2')).toBeUndefined();
  expect(await takeFirstAnswer('/api/products/1')).toEqual({ id: '1' });
  expect(await takeFirstAnswer('/api/products/1')).toBeUndefined();
});

test('is nothing when the shop had no good answer', async () => {
  window.cartwrightFirst = { url: '/api/products/1', answer: Promise.resolve(undefined) };
  expect(await takeFirstAnswer('/api/products/1')).toBeUndefined();
});
