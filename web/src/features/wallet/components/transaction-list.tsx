import { useWalletHistory } from '../api/get-wallet';
import { TransactionRow } from './transaction-row';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { LoadFailed } from '@/components/ui/load-failed';
import { ErrorNotice } from '@/components/ui/notice';
import { StaleNotice } from '@/components/ui/stale-notice';

export function TransactionList() {
  const history = useWalletHistory();
  const { data: pages, error, retry, isFetching } = history;
  if (history.isLoading) return <div className="skeleton h-64 rounded-card" />;
  if (!pages) return error && <LoadFailed error={error} onRetry={retry} isRetrying={isFetching} />;
  const transactions = pages.flatMap((page) => page.transactions);
  if (transactions.length === 0) {
    return <EmptyState title="No transactions yet">A deposit will be the first one.</EmptyState>;
  }
  return (
    <>
      {history.isStale && (
        <StaleNotice what="The history" onRetry={retry} isRetrying={isFetching} />
      )}
      <ul className="divide-y divide-line">
        {transactions.map((transaction) => (
          <TransactionRow key={transaction.id} transaction={transaction} />
        ))}
      </ul>
      {history.moreError && <ErrorNotice error={history.moreError} className="mt-4" />}
      {history.hasMore && (
        <Button
          variant="secondary"
          className="mt-4"
          isBusy={history.isLoadingMore}
          onClick={() => void history.loadMore()}
        >
          Show more
        </Button>
      )}
    </>
  );
}
