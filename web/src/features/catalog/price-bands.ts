import { formatMoney, fractionDigits } from '@/lib/money';

export interface PriceBand {
  label: string;
  minPrice: string | undefined;
  maxPrice: string | undefined;
}

const limits = [25n, 100n, 300n];

/** The steps that the price filter offers. Bounds are inclusive, so bands end one unit early. */
export function priceBands(currencyCode: string): PriceBand[] {
  const unit = 10n ** BigInt(fractionDigits(currencyCode));
  const minor = limits.map((limit) => limit * unit);
  const text = (minorUnits: bigint) =>
    formatMoney({ currencyCode, minorUnits: String(minorUnits) }).replace(/[.,]00\b/, '');
  const bands = minor.map((limit, at) => {
    const below = minor[at - 1];
    return {
      label: below === undefined ? `Under ${text(limit)}` : `${text(below)} to ${text(limit)}`,
      minPrice: below === undefined ? undefined : String(below),
      maxPrice: String(limit - 1n),
    };
  });
  const last = minor.at(-1) ?? 0n;
  return [
    ...bands,
    { label: `${text(last)} and more`, minPrice: String(last), maxPrice: undefined },
  ];
}
