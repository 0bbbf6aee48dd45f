import { afterEach, expect, test } from 'vitest';

import { takeFirstAnswer } from './first-answer';

const early = (url: string, body: unknown) => ({
  url,
  answer: Promise.resolve(body),
  isPainted: Promise.resolve(),
});

afterEach(() => {
  delete window.cartwrightFirst;
});

test('is for the address it was asked from, and once', async () => {
  window.cartwrightFirst = early('/api/products/1', { id: '1' });
  expect(await takeFirstAnswer('/api/products/2')).toBeUndefined();
  expect(await takeFirstAnswer('/api/products/1')).toEqual({ id: '1' });
  expect(await takeFirstAnswer('/api/products/1')).toBeUndefined();
});

test('is nothing when the shop had no good answer', async () => {
  window.cartwrightFirst = early('/api/products/1', undefined);
  expect(await takeFirstAnswer('/api/products/1')).toBeUndefined();
});
