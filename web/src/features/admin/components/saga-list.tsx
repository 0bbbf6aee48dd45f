import { useState } from 'react';
import { Link } from 'react-router';

import { useSagas } from '../api/list-sagas';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Select } from '@/components/ui/input';
import { LoadFailed } from '@/components/ui/load-failed';
import { ErrorNotice } from '@/components/ui/notice';
import { StaleNotice } from '@/components/ui/stale-notice';
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
  const { data: pages, error, retry, isFetching } = list;
  if (list.isLoading) return <div className="skeleton h-64 rounded-card" />;
  if (!pages) return error && <LoadFailed error={error} onRetry={retry} isRetrying={isFetching} />;
  const sagas = pages.flatMap((page) => page.sagas);
  if (sagas.length === 0) {
    return (
      <EmptyState title={filter === 'ALL' ? 'No sagas yet' : 'Nothing stands still'}>
        Orders that are being worked on, and those that wait for a person, are listed here.
      </EmptyState>
    );
  }
  return (
    <>
      {list.isStale && <StaleNotice what="This list" onRetry={retry} isRetrying={isFetching} />}
      <SagaTable sagas={sagas} />
      {list.moreError && <ErrorNotice error={list.moreError} className="mt-4" />}
      {list.hasMore && (
        <Button
          variant="secondary"
          className="mt-4"
          isBusy={list.isLoadingMore}
          onClick={() => void list.loadMore()}
        >
          Show more
        </Button>
      )}
    </>
  );
}

const cell = 'px-4 py-3 text-left';

function SagaTable({ sagas }: { sagas: readonly Saga[] }) {
  return (
    // Wide tables scroll by themselves; a region with a name and the focus can be scrolled by keys.
    <div
      role="region"
      aria-label="Sagas"
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="overflow-x-auto rounded-card border border-line bg-surface"
    >
      <table className="w-full min-w-2xl text-sm">
        <thead className="border-b border-line text-soft">
          <tr>
            <th scope="col" className={cell}>
              Order
            </th>
            <th scope="col" className={cell}>
              State
            </th>
            <th scope="col" className={cell}>
              Attempts
            </th>
            <th scope="col" className={cell}>
              Placed
            </th>
            <th scope="col" className={cell}>
              Changed
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {sagas.map((saga) => (
            <tr key={saga.orderId}>
              <td className={cell}>
                <Link
                  to={paths.adminSaga(saga.orderId)}
                  className="font-mono text-accent underline"
                >
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
        </tbody>
      </table>
    </div>
  );
}
