import { formatMoney } from '@/lib/money';
import type { Money } from '@/types/api';

interface PriceProps {
  money: Money | undefined;
  className?: string;
}

/** An amount; figures of one width, so that columns of them stand straight. */
export function Price({ money, className = '' }: PriceProps) {
  return (
    <span className={`tabular-nums whitespace-nowrap ${className}`}>{formatMoney(money)}</span>
  );
}
