import { useCallback } from 'react';
import { Link, useParams } from 'react-router';

import { useUser } from '../layout/use-user';
import { paths } from '@/config/paths';
import { useCart } from '@/features/cart/cart-context';
import { OrderDetail } from '@/features/orders/components/order-detail';
import { useWallet } from '@/features/wallet/wallet-context';

export function Component() {
  const { id = '' } = useParams();
  const user = useUser();
  const { reload: reloadCart } = useCart();
  const { reload: reloadWallet } = useWallet();
  const onChanged = useCallback(() => {
    void reloadCart();
    void reloadWallet();
  }, [reloadCart, reloadWallet]);
  return (
    <>
      <nav aria-label="Breadcrumbs" className="mb-5 text-sm">
        <Link to={paths.orders} className="text-soft underline hover:text-accent">
          Your orders
        </Link>
      </nav>
      <OrderDetail key={id} id={id} userId={user.id} onChanged={onChanged} />
    </>
  );
}
