import { describe, expect, test } from 'vitest';

import {
  addMoney,
  formatMoney,
  minorUnitsOf,
  multiplyMoney,
  parseAmount,
  plainAmount,
  subtractMoney,
} from './money';

const money = (minorUnits: string, currencyCode = 'EUR') => ({ currencyCode, minorUnits });
// Some locales write no-break spaces; the tests write plain ones.
const format = (...args: Parameters<typeof formatMoney>) =>
  formatMoney(...args).replace(/[\u00a0\u202f]/g, ' ');

describe('formatMoney', () => {
  test.each([
    ['129900', 'EUR', 'en-GB', '€1,299.00'],
    ['129900', 'EUR', 'de-DE', '1.299,00 €'],
    ['5', 'EUR', 'en-GB', '€0.05'],
    ['0', 'EUR', 'en-GB', '€0.00'],
    ['-5', 'EUR', 'en-GB', '-€0.05'],
    ['-100', 'EUR', 'en-GB', '-€1.00'],
    ['-129905', 'EUR', 'en-GB', '-€1,299.05'],
    ['1234', 'JPY', 'en-GB', 'JP¥1,234'],
    ['1234', 'KWD', 'en-GB', 'KWD 1.234'],
  ])('%s %s in %s is %s', (minorUnits, currency, locale, expected) => {
    expect(format(money(minorUnits, currency), locale)).toBe(expected);
  });

  test('keeps every digit where a number would lose some', () => {
    expect(format(money('9223372036854775807'), 'en-GB')).toBe('€92,233,720,368,547,758.07');
    expect(format(money('-9223372036854775808'), 'en-GB')).toBe('-€92,233,720,368,547,758.08');
  });

  test('writes the digits of the locale', () => {
    expect(format(money('1205'), 'ar-EG')).toContain('١٢٫٠٥');
  });

  test('an amount that is not known is a dash', () => {
    expect(formatMoney(undefined)).toBe('–');
  });
});

describe('parseAmount', () => {
  test.each([
    ['12', '1200'],
    ['12.5', '1250'],
    ['12,50', '1250'],
    ['0.05', '5'],
    [' 1 299,00 ', '129900'],
    ['1,299.00', '129900'],
    ['1.299,00', '129900'],
    ['€50', '5000'],
    ['90071992547409.93', '9007199254740993'],
  ])('%j is %s cents', (input, expected) => {
    expect(parseAmount(input, 'EUR')).toBe(expected);
  });

  test.each([
    '',
    'abc',
    '-5',
    '1.2345',
    '12.345.6',
    '1234.567',
    '1.234,567.8',
    '1e3',
    '.5',
    '5.',
    '0x10',
    '1,29.00',
  ])('%j is no amount', (input) => {
    expect(parseAmount(input, 'EUR')).toBeUndefined();
  });

  test('a currency without fractions takes none', () => {
    expect(parseAmount('1234', 'JPY')).toBe('1234');
    expect(parseAmount('12.5', 'JPY')).toBeUndefined();
  });
});

test('what is offered in a field is read back as the same amount', () => {
  for (const minorUnits of ['1', '10', '100', '12345', '9007199254740993']) {
    expect(parseAmount(plainAmount(money(minorUnits)), 'EUR')).toBe(minorUnits);
  }
});

test('sums are exact beyond the integers of a number', () => {
  const large = money('9007199254740993');
  expect(minorUnitsOf(addMoney(large, money('1')))).toBe(9007199254740994n);
  expect(minorUnitsOf(subtractMoney(money('1'), large))).toBe(-9007199254740992n);
  expect(minorUnitsOf(multiplyMoney(large, 3))).toBe(27021597764222979n);
});
