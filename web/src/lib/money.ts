import type { Money } from '@/types/api';

// Money is an integer number of minor units in a string. It stays one: a JavaScript number would
// lose cents from 90,071,992,547,409.92 on, so sums are made with BigInt and formatting works on
// digits.

export const zero = (currencyCode: string): Money => ({ currencyCode, minorUnits: '0' });

export function minorUnitsOf(money: Money | undefined): bigint {
  return BigInt(money?.minorUnits ?? '0');
}

export function isNegative(money: Money | undefined): boolean {
  return minorUnitsOf(money) < 0n;
}

export function sameMoney(a: Money | undefined, b: Money | undefined): boolean {
  return a?.currencyCode === b?.currencyCode && minorUnitsOf(a) === minorUnitsOf(b);
}

export function addMoney(a: Money, b: Money): Money {
  return { currencyCode: a.currencyCode, minorUnits: String(minorUnitsOf(a) + minorUnitsOf(b)) };
}

export function subtractMoney(a: Money, b: Money): Money {
  return { currencyCode: a.currencyCode, minorUnits: String(minorUnitsOf(a) - minorUnitsOf(b)) };
}

export function multiplyMoney(money: Money, times: number): Money {
  return { ...money, minorUnits: String(minorUnitsOf(money) * BigInt(times)) };
}

const formatters = new Map<string, Intl.NumberFormat>();

function formatterOf(locale: string | undefined, currency: string): Intl.NumberFormat {
  const key = `${locale ?? ''} ${currency}`;
  let formatter = formatters.get(key);
  if (!formatter) {
    formatter = new Intl.NumberFormat(locale, { style: 'currency', currency });
    formatters.set(key, formatter);
  }
  return formatter;
}

/** Digits after the point: 2 of EUR, 0 of JPY, 3 of KWD. */
export function fractionDigits(currencyCode: string): number {
  return formatterOf(undefined, currencyCode).resolvedOptions().maximumFractionDigits ?? 2;
}

/** As people of the locale write it, such as "€1,299.00" or "1.299,00 €". */
export function formatMoney(money: Money | undefined, locale?: string): string {
  if (!money) return '–';
  const formatter = formatterOf(locale, money.currencyCode);
  const digits = formatter.resolvedOptions().maximumFractionDigits ?? 2;
  const minor = minorUnitsOf(money);
  const text = String(minor < 0n ? -minor : minor).padStart(digits + 1, '0');
  const whole = BigInt(text.slice(0, text.length - digits));
  const fraction = text.slice(text.length - digits);
  // Minus zero has a sign, which -0.50 needs; a BigInt has none.
  const signed = minor >= 0n ? whole : whole === 0n ? -0 : -whole;
  return formatter
    .formatToParts(signed)
    .map((part) => (part.type === 'fraction' ? localDigits(fraction, locale) : part.value))
    .join('');
}

/** 0123 in the digits of the locale. */
function localDigits(text: string, locale: string | undefined): string {
  const plain = new Intl.NumberFormat(locale, { useGrouping: false });
  return text.replace(/[0-9]/g, (digit) => plain.format(Number(digit)));
}

/**
 * Minor units of what a person typed, such as "12", "12.5" or "1 299,00"; undefined when that is
 * not an amount. A separator with as many digits behind it as the currency can have is the decimal
 * one; the others group thousands.
 */
export function parseAmount(input: string, currencyCode: string): string | undefined {
  const digits = fractionDigits(currencyCode);
  const text = input.replace(/[\s\u00a0\u202f'’€$£]/g, '');
  const match = /^(\d+|\d{1,3}([.,])\d{3}(?:\2\d{3})*)(?:([.,])(\d+))?$/.exec(text);
  if (!match?.[1]) return undefined;
  const [, whole, grouping, decimal, fraction = ''] = match;
  if (grouping !== undefined && grouping === decimal) return undefined;
  if (fraction.length > digits) return undefined;
  const minor = whole.replace(/[.,]/g, '') + fraction.padEnd(digits, '0');
  return String(BigInt(minor));
}

/** The plain decimal, such as "12.50", for input fields. */
export function plainAmount(money: Money): string {
  const digits = fractionDigits(money.currencyCode);
  const text = money.minorUnits.padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  const fraction = text.slice(text.length - digits);
  return digits === 0 || /^0+$/.test(fraction) ? whole : `${whole}.${fraction}`;
}
