import { Link } from 'react-router';

import { Price } from '@/components/ui/price';
import { paths } from '@/config/paths';
import type { Money, OrderItem } from '@/types/api';

interface OrderSummaryProps {
  items: readonly OrderItem[];
  total: Money | undefined;
}

/** What was bought, at the prices of that moment. */
export function OrderSummary({ items, total }: OrderSummaryProps) {
  return (
    <div>
      <ul className="divide-y divide-line">
        {items.map((item) => (
          <li key={item.productId} className="flex justify-between gap-4 py-3">
            <div className="min-w-0">
              <Link
                to={paths.product(item.productId)}
                className="font-medium hover:text-accent hover:underline"
              >
                {item.name}
              </Link>
              <p className="text-sm text-soft">
                {item.quantity} × <Price money={item.unitPrice} />
              </p>
            </div>
            <Price money={item.lineTotal} className="font-medium" />
          </li>
        ))}
      </ul>
      <p className="flex justify-between gap-4 border-t border-line pt-4 text-lg font-semibold">
        Total <Price money={total} />
      </p>
    </div>
  );
}
