import { PageHeading } from '@/components/ui/page-heading';
import { OrderList } from '@/features/orders/components/order-list';

export function Component() {
  return (
    <div className="mx-auto max-w-3xl">
      <PageHeading title="Your orders" />
      <OrderList />
    </div>
  );
}
