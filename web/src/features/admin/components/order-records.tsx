import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';

import { useOrderRecords } from '../api/list-order-records';
import { stateName, states, type OrderState } from '../order-states';
import { cell, foldedCell, RecordTable } from './record-table';
import { PagedList } from './paged-list';
import { EmptyState } from '@/components/ui/empty-state';
import { Input, Select } from '@/components/ui/input';
import { Price } from '@/components/ui/price';
import { paths } from '@/config/paths';
import { formatDateTime } from '@/lib/dates';
import { useDebounced } from '@/lib/use-debounced';
import type { OrderRecord } from '@/types/api';

const debounceMs = 250;
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
  const isId = text === '' || userId.test(text);
  useDebounced(text, debounceMs, (value) => {
    if (value === '' || userId.test(value)) change('buyer', value);
  });
  const list = useOrderRecords({
    ...(state && { state }),
    ...(userId.test(buyer) && { userId: buyer }),
  });
  return (
    <>
      <div className="mb-6 grid gap-4 sm:grid-cols-[1fr_12rem]">
        <Input
          label="Buyer"
          hint="The id of a user; it stands on each of their orders."
          isOptional
          value={text}
          error={isId ? undefined : 'That is not the id of a user.'}
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
      <PagedList
        list={list}
        itemsOf={({ records }) => records}
        empty={<EmptyState title="No such order">Orders like these are listed here.</EmptyState>}
      >
        {(records) => <OrderTable records={records} />}
      </PagedList>
    </>
  );
}

function OrderTable({ records }: { records: readonly OrderRecord[] }) {
  return (
    <RecordTable name="Orders" columns={['Order', 'State', 'Total', 'Placed', 'Changed']} isFolding>
      {records.map(({ order }) =>
        order ? (
          <tr key={order.id}>
            <td className={cell}>
              <Link to={paths.adminOrder(order.id)} className="font-mono text-accent underline">
                {order.id}
              </Link>
              <p className="mt-1 text-soft sm:hidden">
                {stateName(order)} · <Price money={order.total} /> ·{' '}
                {formatDateTime(order.createTime)}
              </p>
            </td>
            <td className={foldedCell}>{stateName(order)}</td>
            <td className={foldedCell}>
              <Price money={order.total} />
            </td>
            <td className={foldedCell}>{formatDateTime(order.createTime)}</td>
            <td className={foldedCell}>{formatDateTime(order.updateTime)}</td>
          </tr>
        ) : null,
      )}
    </RecordTable>
  );
}
