import { Link } from 'react-router';

import { Price } from '@/components/ui/price';
import { paths } from '@/config/paths';
import { formatDateTime } from '@/lib/dates';
import { isNegative } from '@/lib/money';
import type { Transaction } from '@/types/api';

const names: Record<Transaction['type'], string> = {
  TYPE_UNSPECIFIED: 'Transaction',
  DEPOSIT: 'Deposit',
  PURCHASE: 'Purchase',
  REFUND: 'Refund',
};

export function TransactionRow({ transaction }: { transaction: Transaction }) {
  const { type, amount, balanceAfter, orderId, createTime } = transaction;
  const isDebit = isNegative(amount);
  return (
    <li className="grid grid-cols-[1fr_auto] gap-x-6 py-4">
      <p className="font-semibold">
        {names[type]}
        {orderId && (
          <>
            {' '}
            <Link to={paths.order(orderId)} className="font-normal text-accent underline">
              view order
            </Link>
          </>
        )}
      </p>
      <p className={`text-right font-semibold ${isDebit ? '' : 'text-accent'}`}>
        {!isDebit && '+'}
        <Price money={amount} />
      </p>
      <p className="text-sm text-soft">{formatDateTime(createTime)}</p>
      <p className="text-right text-sm text-soft">
        Balance <Price money={balanceAfter} />
      </p>
    </li>
  );
}
