import type { ReactNode } from 'react';
import { Link } from 'react-router';

import { useOrderRecord } from '../api/get-order-record';
import { isRefundable, stateName } from '../order-states';
import { Buyer } from './buyer';
import { cell, foldedCell, RecordTable } from './record-table';
import { Facts } from './facts';
import { RefundButton } from './refund-button';
import { SagaEvents } from './saga-events';
import { SignOutButton } from './sign-out-button';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { LoadFailed } from '@/components/ui/load-failed';
import { Price } from '@/components/ui/price';
import { StaleNotice } from '@/components/ui/stale-notice';
import { paths } from '@/config/paths';
import { formatDateTime } from '@/lib/dates';
import { formatMoney } from '@/lib/money';
import type { Order, OrderRecordDetail, ShippingAddress } from '@/types/api';

interface OrderRecordProps {
  id: string;
  /** Who looks at it. */
  userId: string;
}

/** One order of anybody, with what happened to it. */
export function OrderRecord({ id, userId }: OrderRecordProps) {
  const { data, error, isLoading, isFetching, isStale, retry } = useOrderRecord(id);
  const order = data?.record?.order;
  if (isLoading) return <div className="skeleton h-96 rounded-card" />;
  if (!order) {
    if (error?.status === 404) return <NoSuchOrder />;
    return error && <LoadFailed error={error} onRetry={retry} isRetrying={isFetching} />;
  }
  return (
    <div className="space-y-8">
      {isStale && <StaleNotice what="This order" onRetry={retry} isRetrying={isFetching} />}
      <Facts facts={factsOf(data, order)} />
      <div className="flex flex-wrap gap-3">
        {isRefundable(order) && <RefundButton order={order} userId={userId} />}
        <ButtonLink to={paths.adminSaga(id)} variant="secondary">
          Look at its saga
        </ButtonLink>
        {data.record && <SignOutButton userId={data.record.userId} />}
      </div>
      <Lines order={order} />
      <SagaEvents events={data.events} />
    </div>
  );
}

function factsOf({ record, cancellation }: OrderRecordDetail, order: Order) {
  const facts: [string, ReactNode][] = [
    ['State', stateName(order)],
    ['Total', formatMoney(order.total)],
    ['Buyer', record ? <Buyer userId={record.userId} /> : '–'],
    ['Delivery to', addressOf(order.shippingAddress)],
    ['Placed', formatDateTime(order.createTime)],
    ['Changed', formatDateTime(order.updateTime)],
  ];
  if (order.failure) facts.push(['Refused because', order.failure.message]);
  if (cancellation) {
    facts.push(
      ['Called off by', cancellation.operator || 'the buyer'],
      ['Why', cancellation.reason || '–'],
    );
  }
  return facts;
}

function addressOf(address: ShippingAddress | undefined): string {
  if (!address) return '–';
  const { fullName, line1, line2, postalCode, city, region, countryCode } = address;
  return [fullName, line1, line2, `${postalCode} ${city}`, region, countryCode]
    .filter(Boolean)
    .join(', ');
}

function Lines({ order }: { order: Order }) {
  return (
    <div>
      <h2 className="mb-3 text-xl">What was ordered</h2>
      <RecordTable
        name="What was ordered"
        columns={['Product', 'Pieces', 'Price', 'Sum']}
        isFolding
      >
        {order.items.map(({ productId, name, quantity, unitPrice, lineTotal }) => (
          <tr key={productId}>
            <td className={cell}>
              <Link to={paths.adminProduct(productId)} className="text-accent underline">
                {name}
              </Link>
              <p className="mt-1 text-soft sm:hidden">
                {quantity} × <Price money={unitPrice} /> = <Price money={lineTotal} />
              </p>
            </td>
            <td className={`${foldedCell} tabular-nums`}>{quantity}</td>
            <td className={foldedCell}>
              <Price money={unitPrice} />
            </td>
            <td className={foldedCell}>
              <Price money={lineTotal} />
            </td>
          </tr>
        ))}
      </RecordTable>
    </div>
  );
}

function NoSuchOrder() {
  return (
    <EmptyState
      title="There is no order at this address"
      action={<ButtonLink to={paths.adminOrders}>All orders</ButtonLink>}
    />
  );
}
