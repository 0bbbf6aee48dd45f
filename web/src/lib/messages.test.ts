import { expect, test } from 'vitest';

import { ApiError } from './api-error';
import { explain, explainOnce } from './messages';

test('says what is short, and how much there is', () => {
  const metadata = { productName: 'Oak chair', available: '3' };
  expect(explain(new ApiError(409, { reason: 'OUT_OF_STOCK', metadata })).text).toBe(
    'There are only 3 of “Oak chair” left. Nothing was charged.',
  );
  const none = { productName: 'Oak chair', available: '0' };
  expect(explain(new ApiError(409, { reason: 'OUT_OF_STOCK', metadata: none })).title).toBe(
    'Sold out',
  );
});

test('promises to try again only where that is done', () => {
  expect(explain(new ApiError(503, {})).text).toMatch(/we keep trying/);
  expect(explainOnce(new ApiError(503, {})).text).toBe('Please try again in a moment.');
  expect(explainOnce(new ApiError(0, {})).text).not.toMatch(/keep trying/);
});

test('has words for every kind of failure', () => {
  expect(explain(new ApiError(0, {})).title).toBe('No answer from the shop');
  expect(explain(new ApiError(503, {})).title).toMatch(/taking a break/);
  expect(explain(new ApiError(401, { reason: 'TOKEN_EXPIRED' })).title).toMatch(/sign in again/);
  expect(explain(new ApiError(418, { detail: 'I am a teapot.' })).text).toBe('I am a teapot.');
  const violations = [{ field: 'quantity', description: 'must be between 1 and 99' }];
  expect(explain(new ApiError(400, { violations })).text).toBe('quantity must be between 1 and 99');
});
