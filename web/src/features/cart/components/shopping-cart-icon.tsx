import { useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';

import { useCart } from '../cart-context';
import { CartIcon } from '@/components/ui/icons';
import { paths } from '@/config/paths';

/** The way to the cart, with how much is in it; says so to screen readers when that changes. */
export function ShoppingCartIcon() {
  const { cart } = useCart();
  const count = cart?.itemCount ?? 0;
  const [announced, setAnnounced] = useState('');
  const before = useRef<number>(undefined);
  useEffect(() => {
    if (cart === undefined) return;
    if (before.current !== undefined && before.current !== count) {
      setAnnounced(count === 1 ? 'The cart has 1 piece' : `The cart has ${count} pieces`);
    }
    before.current = count;
  }, [cart, count]);
  return (
    <>
      <Link
        to={paths.cart}
        className="relative flex size-11 items-center justify-center rounded-full hover:bg-sunken"
      >
        <CartIcon className="size-6" />
        <span className="sr-only">Cart, {count === 1 ? '1 piece' : `${count} pieces`}</span>
        {count > 0 && (
          <span
            aria-hidden="true"
            data-testid="cart-count"
            className="absolute top-0 right-0 flex h-5 min-w-5 items-center justify-center rounded-full bg-accent px-1 text-xs font-bold text-accent-ink tabular-nums"
          >
            {count > 999 ? '999+' : count}
          </span>
        )}
      </Link>
      <span role="status" className="sr-only">
        {announced}
      </span>
    </>
  );
}
