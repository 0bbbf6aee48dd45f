import { Link } from 'react-router';

import { Price } from '@/components/ui/price';
import { ProductImage } from '@/components/ui/product-image';
import { paths } from '@/config/paths';
import type { Cart } from '@/types/api';

/** What is about to be paid. */
export function CheckoutLines({ cart }: { cart: Cart }) {
  return (
    <>
      <div className="flex items-baseline justify-between gap-4">
        <h2 className="text-xl">Your order</h2>
        <Link to={paths.cart} className="text-sm font-semibold text-accent underline">
          Change
        </Link>
      </div>
      <ul className="my-3 divide-y divide-line">
        {cart.items.map((line) => (
          <li key={line.productId} className="flex items-center gap-3 py-3">
            <ProductImage src={line.imageUrl} alt="" className="w-14! rounded-control" />
            <div className="min-w-0 flex-1">
              <p className="truncate font-medium">{line.name}</p>
              <p className="text-sm text-soft">
                {line.quantity} × <Price money={line.unitPrice} />
              </p>
            </div>
            <Price money={line.lineTotal} className="font-medium" />
          </li>
        ))}
      </ul>
      <p className="flex items-baseline justify-between gap-4 border-t border-line pt-4 text-lg font-semibold">
        Total <Price money={cart.subtotal} />
      </p>
    </>
  );
}
