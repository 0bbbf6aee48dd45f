import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';

import { useOrderRecords } from '../api/list-order-records';
import { useUserByEmail, useUserRecords } from '../api/list-user-records';
import { stateName, states, type OrderState } from '../order-states';
import { cell, foldedCell, RecordTable } from './record-table';
import { PagedList } from './paged-list';
import { EmptyState } from '@/components/ui/empty-state';
import { Input, Select } from '@/components/ui/input';
import { LoadFailed } from '@/components/ui/load-failed';
import { Price } from '@/components/ui/price';
import { paths } from '@/config/paths';
import { formatDateTime } from '@/lib/dates';
import { useDebounced } from '@/lib/use-debounced';
import type { OrderRecord } from '@/types/api';

const debounceMs = 250;
const address = /^[^@\s]+@[^@\s]+$/;
const userId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Orders of everybody, newest first; what is looked for stands in the address. */
export function OrderRecords() {
  const [parameters, setParameters] = useSearchParams();
  const inAddress = parameters.get('state') ?? '';
  const state = inAddress in states ? (inAddress as OrderState) : undefined;
  const buyer = parameters.get('buyer') ?? '';
  const [text, setText] = useState(buyer);
  const change = (name: string, value: string) => {
    setParameters(
      (before) => {
        if (value) before.set(name, value);
        else before.delete(name);
        return before;
      },
      { replace: true },
    );
  };
  const isKnown = (value: string) => userId.test(value) || address.test(value);
  useDebounced(text, debounceMs, (value) => {
    if (value === '' || isKnown(value)) change('buyer', value);
  });
  const { list, byAddress, isNobody } = useOrdersOf(buyer, state);
  return (
    <>
      <div className="mb-6 grid gap-4 sm:grid-cols-[1fr_12rem]">
        <Input
          label="Buyer"
          hint="Their e-mail address, or their id."
          isOptional
          value={text}
          error={errorOf(text, isKnown(text), isNobody && text === buyer)}
          onChange={(event) => {
            setText(event.target.value.trim().toLowerCase());
          }}
        />
        <Select
          label="State"
          value={state ?? ''}
          onChange={(event) => {
            change('state', event.target.value);
          }}
        >
          <option value="">All</option>
          {Object.entries(states).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </Select>
      </div>
      {byAddress.error && (
        <LoadFailed
          error={byAddress.error}
          onRetry={byAddress.retry}
          isRetrying={byAddress.isFetching}
        />
      )}
      {byAddress.isLoading && <div className="skeleton h-96 rounded-card" />}
      {isNobody ? (
        noOrders
      ) : (
        <PagedList list={list} itemsOf={({ records }) => records} empty={noOrders}>
          {(records) => <OrderTable records={records} />}
        </PagedList>
      )}
    </>
  );
}

/** The orders of a buyer, by id or address; everybody's when `buyer` is empty. */
function useOrdersOf(buyer: string, state: OrderState | undefined) {
  const byAddress = useUserByEmail(address.test(buyer) ? buyer : undefined);
  const found = userId.test(buyer) ? buyer : byAddress.data?.[0]?.id;
  const list = useOrderRecords(
    // Whose orders these are is to be found out first.
    buyer && !found ? undefined : { ...(state && { state }), ...(found && { userId: found }) },
  );
  return { list, byAddress, isNobody: byAddress.data?.length === 0 };
}

const noOrders = <EmptyState title="No such order">Orders like these are listed here.</EmptyState>;

function errorOf(text: string, isKnown: boolean, isNobody: boolean): string | undefined {
  if (isNobody) return 'Nobody has this address.';
  // Who still types an address has not made a mistake.
  return text === '' || isKnown || !text.includes('@')
    ? undefined
    : 'That is not an e-mail address yet.';
}

function OrderTable({ records }: { records: readonly OrderRecord[] }) {
  const { users: buyers, isLoading } = useUserRecords(records.map(({ userId }) => userId));
  // Rows are as high as their addresses are long; a row that is there already stays.
  if (isLoading && !records.some(({ userId }) => buyers.has(userId))) {
    return <div className="skeleton h-96 rounded-card" />;
  }
  return (
    <RecordTable name="Orders" columns={['Order', 'Buyer', 'State', 'Total', 'Placed']} isFolding>
      {records.map(({ order, userId }) =>
        order ? (
          <tr key={order.id}>
            <td className={cell}>
              <Link to={paths.adminOrder(order.id)} className="font-mono text-accent underline">
                {order.id}
              </Link>
              <p className="mt-1 break-all text-soft sm:hidden">{buyers.get(userId)?.email}</p>
              <p className="mt-1 text-soft sm:hidden">
                {stateName(order)} · <Price money={order.total} /> ·{' '}
                {formatDateTime(order.createTime)}
              </p>
            </td>
            <td className={`${foldedCell} break-all`}>{buyers.get(userId)?.email ?? '…'}</td>
            <td className={foldedCell}>{stateName(order)}</td>
            <td className={foldedCell}>
              <Price money={order.total} />
            </td>
            <td className={foldedCell}>{formatDateTime(order.createTime)}</td>
          </tr>
        ) : null,
      )}
    </RecordTable>
  );
}
