import { Link } from 'react-router';

import { useOrders } from '../api/list-orders';
import { orderNumber } from '../order-status';
import { OrderBadge } from './order-badge';
import { Button, ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { ChevronIcon } from '@/components/ui/icons';
import { LoadFailed } from '@/components/ui/load-failed';
import { ErrorNotice } from '@/components/ui/notice';
import { Price } from '@/components/ui/price';
import { StaleNotice } from '@/components/ui/stale-notice';
import { paths } from '@/config/paths';
import { formatDateTime } from '@/lib/dates';
import type { Order } from '@/types/api';

export function OrderList() {
  const list = useOrders();
  const { data: pages, error, retry, isFetching } = list;
  if (list.isLoading) return <OrderListSkeleton />;
  if (!pages) return error && <LoadFailed error={error} onRetry={retry} isRetrying={isFetching} />;
  const orders = pages.flatMap((page) => page.orders);
  if (orders.length === 0) {
    return (
      <EmptyState
        title="No orders yet"
        action={<ButtonLink to={paths.products}>Look around</ButtonLink>}
      >
        What you buy will be listed here, with everything that happens to it.
      </EmptyState>
    );
  }
  return (
    <>
      {list.isStale && <StaleNotice what="Your orders" onRetry={retry} isRetrying={isFetching} />}
      <ul className="space-y-4">
        {orders.map((order) => (
          <OrderRow key={order.id} order={order} />
        ))}
      </ul>
      {list.moreError && <ErrorNotice error={list.moreError} className="mt-6" />}
      {list.hasMore && (
        <div className="mt-6 text-center">
          <Button
            variant="secondary"
            isBusy={list.isLoadingMore}
            onClick={() => void list.loadMore()}
          >
            Show more
          </Button>
        </div>
      )}
    </>
  );
}

function OrderRow({ order }: { order: Order }) {
  const [first, ...others] = order.items;
  return (
    <li className="relative rounded-card border border-line bg-surface p-4 shadow-card transition-shadow focus-within:shadow-raised hover:shadow-raised sm:p-5">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h2 className="font-sans text-base font-semibold tracking-normal">
          <Link to={paths.order(order.id)} className="after:absolute after:inset-0">
            Order {orderNumber(order.id)}
          </Link>
        </h2>
        <OrderBadge order={order} />
      </div>
      <p className="mt-2 truncate">
        {first?.name}
        {others.length > 0 && <span className="text-soft"> and {others.length} more</span>}
      </p>
      <p className="mt-1 flex items-center justify-between text-soft">
        {formatDateTime(order.createTime)}
        <span className="flex items-center gap-2 font-semibold text-ink">
          <Price money={order.total} />
          <ChevronIcon className="size-4 text-soft" />
        </span>
      </p>
    </li>
  );
}

function OrderListSkeleton() {
  return (
    <div role="status" className="space-y-4">
      <span className="sr-only">Loading your orders</span>
      {Array.from({ length: 3 }, (_, at) => (
        <div key={at} className="skeleton h-32 rounded-card" />
      ))}
    </div>
  );
}
