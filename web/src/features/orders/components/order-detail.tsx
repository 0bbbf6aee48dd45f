import { useCallback, useEffect, useRef, useState, type ComponentProps } from 'react';

import { orderKey, useOrder } from '../api/get-order';
import { ordersKey } from '../api/list-orders';
import { useOrderEvents } from '../api/watch-order';
import { describeFailure, orderNumber, orderStatus } from '../order-status';
import { CancelOrder } from './cancel-order';
import { OrderBadge } from './order-badge';
import { OrderSummary } from './order-summary';
import { OrderTimeline } from './order-timeline';
import { EmptyState } from '@/components/ui/empty-state';
import { ButtonLink } from '@/components/ui/button';
import { LoadFailed } from '@/components/ui/load-failed';
import { PageHeading } from '@/components/ui/page-heading';
import { StaleNotice } from '@/components/ui/stale-notice';
import { paths } from '@/config/paths';
import { formatDateTime } from '@/lib/dates';
import { queryCache } from '@/lib/query-cache';
import type { Order, ShippingAddress } from '@/types/api';

interface OrderDetailProps {
  id: string;
  userId: string;
  /** Money or goods have moved: others want to know. */
  onChanged: () => void;
}

export function OrderDetail({ id, userId, onChanged }: OrderDetailProps) {
  const { data: order, error, isLoading, isFetching, isStale, retry } = useOrder(id);
  const [round, setRound] = useState(0);
  const stream = useOrderEvents(id, round);
  const latest = stream.events.at(-1);
  const seen = latest && `${latest.state} ${latest.settled}`;

  // Once for each change, however often the page is drawn.
  const latestOnChanged = useRef(onChanged);
  useEffect(() => {
    latestOnChanged.current = onChanged;
  });
  useEffect(() => {
    if (seen === undefined) return;
    queryCache.invalidate(orderKey(id));
    queryCache.invalidate(ordersKey);
    latestOnChanged.current();
  }, [seen, id]);
  const onCancelled = useCallback(
    (cancelled: Order) => {
      queryCache.write(orderKey(id), cancelled);
      setRound((before) => before + 1);
    },
    [id],
  );

  if (isLoading)
    return (
      <div role="status" className="skeleton h-96 rounded-card" aria-label="Loading the order" />
    );
  if (!order) {
    if (error?.status === 404) return <UnknownOrder />;
    return error && <FailedOrder {...{ id, error, onRetry: retry, isRetrying: isFetching }} />;
  }
  // An event tells of a change before the order was read again.
  const now = latest ? { ...order, state: latest.state, settled: latest.settled } : order;
  return (
    <>
      {isStale && <StaleNotice what="This order" onRetry={retry} isRetrying={isFetching} />}
      <PageHeading title={`Order ${orderNumber(id)}`} aside={<OrderBadge order={now} />} />
      <p role="status" className="mb-6 text-lg">
        {orderStatus(now).text} {describeFailure(order.failure)}
      </p>
      <div className="grid grid-cols-1 gap-8 lg:grid-cols-[minmax(0,1fr)_20rem] lg:gap-12">
        <section
          aria-labelledby="bought"
          className="self-start rounded-card border border-line bg-surface p-5 shadow-card sm:p-6"
        >
          <h2 id="bought" className="mb-2 text-xl">
            What you ordered
          </h2>
          <OrderSummary items={order.items} total={order.total} />
        </section>
        <div className="space-y-8">
          <OrderTimeline stream={stream} />
          {order.shippingAddress && <Address address={order.shippingAddress} />}
          <p className="text-sm text-soft">Placed {formatDateTime(order.createTime)}</p>
          <CancelOrder order={now} userId={userId} onCancelled={onCancelled} />
          {now.state === 'CANCELLED' && now.settled && (
            <ButtonLink to={paths.wallet} variant="secondary">
              See the refund in the wallet
            </ButtonLink>
          )}
        </div>
      </div>
    </>
  );
}

interface FailedOrderProps extends ComponentProps<typeof LoadFailed> {
  id: string;
}

function FailedOrder({ id, ...failure }: FailedOrderProps) {
  return (
    <>
      <PageHeading title={`Order ${orderNumber(id)}`} />
      <LoadFailed {...failure} />
    </>
  );
}

function UnknownOrder() {
  return (
    <>
      <PageHeading title="No such order" />
      <EmptyState
        title="There is no order at this address"
        action={<ButtonLink to={paths.orders}>Your orders</ButtonLink>}
      />
    </>
  );
}

const countryNames = new Intl.DisplayNames('en', { type: 'region' });

function countryName(code: string): string {
  return countryNames.of(code) ?? code;
}

function Address({ address }: { address: ShippingAddress }) {
  const { fullName, line1, line2, city, region, postalCode, countryCode } = address;
  const lines = [fullName, line1, line2, `${postalCode} ${city}`, region, countryName(countryCode)];
  return (
    <section aria-labelledby="address">
      <h2 id="address" className="mb-2 text-xl">
        Delivery to
      </h2>
      <address className="not-italic">
        {lines
          .filter((line) => line)
          .map((line) => (
            <span key={line} className="block">
              {line}
            </span>
          ))}
      </address>
    </section>
  );
}
