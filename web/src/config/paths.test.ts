import { expect, test } from 'vitest';

import { safeReturnPath } from './paths';

test.each(['/cart', '/orders/7?x=1'])('%s is a place to return to', (path) => {
  expect(safeReturnPath(path)).toBe(path);
});

test.each(['https://evil.example', '//evil.example', '/\\evil.example', 'cart', '', undefined, 7])(
  '%s is not',
  (path) => {
    expect(safeReturnPath(path)).toBe('/');
  },
);
