import { useState } from 'react';
import { Link } from 'react-router';

import { useSagas } from '../api/list-sagas';
import { cell, RecordTable } from './record-table';
import { PagedList } from './paged-list';
import { EmptyState } from '@/components/ui/empty-state';
import { Select } from '@/components/ui/input';
import { paths } from '@/config/paths';
import { formatDateTime } from '@/lib/dates';
import type { Saga } from '@/types/api';

const filters = { LIVE: 'Under way', DEAD: 'Waiting for a person', ALL: 'All' } as const;
type Filter = keyof typeof filters;

export function SagaList() {
  const [filter, setFilter] = useState<Filter>('LIVE');
  return (
    <>
      <Select
        label="Show"
        className="mb-6 max-w-64"
        value={filter}
        onChange={(event) => {
          setFilter(event.target.value as Filter);
        }}
      >
        {Object.entries(filters).map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </Select>
      <Sagas filter={filter} />
    </>
  );
}

function Sagas({ filter }: { filter: Filter }) {
  const list = useSagas(filter);
  return (
    <PagedList
      list={list}
      itemsOf={({ sagas }) => sagas}
      empty={
        <EmptyState title={filter === 'ALL' ? 'No sagas yet' : 'Nothing stands still'}>
          Orders that are being worked on, and those that wait for a person, are listed here.
        </EmptyState>
      }
    >
      {(sagas) => <SagaTable sagas={sagas} />}
    </PagedList>
  );
}

function SagaTable({ sagas }: { sagas: readonly Saga[] }) {
  return (
    <RecordTable name="Sagas" columns={['Order', 'State', 'Attempts', 'Placed', 'Changed']}>
      {sagas.map((saga) => (
        <tr key={saga.orderId}>
          <td className={cell}>
            <Link to={paths.adminSaga(saga.orderId)} className="font-mono text-accent underline">
              {saga.orderId}
            </Link>
          </td>
          <td className={cell}>
            {saga.state}
            {saga.dead && <strong className="ml-2 text-danger">dead</strong>}
          </td>
          <td className={`${cell} tabular-nums`}>{saga.retryCount}</td>
          <td className={cell}>{formatDateTime(saga.createTime)}</td>
          <td className={cell}>{formatDateTime(saga.updateTime)}</td>
        </tr>
      ))}
    </RecordTable>
  );
}
