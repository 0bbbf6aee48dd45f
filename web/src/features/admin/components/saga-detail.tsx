import { useSaga } from '../api/get-saga';
import { sagaCommands } from '../saga-commands';
import { Facts } from './facts';
import { SagaCommandButton } from './saga-command-button';
import { SagaEvents } from './saga-events';
import { LoadFailed } from '@/components/ui/load-failed';
import { StaleNotice } from '@/components/ui/stale-notice';
import { formatDateTime } from '@/lib/dates';
import { formatMoney } from '@/lib/money';
import type { ParticipantView, Saga, SagaDetail as Detail } from '@/types/api';

export function SagaDetail({ orderId }: { orderId: string }) {
  const { data, error, isLoading, isFetching, isStale, retry } = useSaga(orderId);
  if (isLoading) return <div className="skeleton h-96 rounded-card" />;
  if (!data?.saga) {
    return error && <LoadFailed error={error} onRetry={retry} isRetrying={isFetching} />;
  }
  const { saga } = data;
  return (
    <div className="space-y-8">
      {isStale && <StaleNotice what="This saga" onRetry={retry} isRetrying={isFetching} />}
      <Facts facts={sagaFacts(saga, data)} />
      <div className="flex flex-wrap gap-3">
        {sagaCommands
          .filter(({ isOffered }) => isOffered(saga))
          .map((command) => (
            <SagaCommandButton key={command.name} command={command} orderId={orderId} />
          ))}
      </div>
      <div className="grid gap-8 md:grid-cols-2">
        <Participant title="Wallet" view={data.hold} currencyCode={data.total?.currencyCode} />
        <Participant title="Catalog" view={data.reservation} />
      </div>
      <SagaEvents events={data.events} />
    </div>
  );
}

function sagaFacts(saga: Saga, { total }: Detail): [string, string][] {
  return [
    ['Order', saga.orderId],
    ['Buyer', saga.userId],
    ['Total', formatMoney(total)],
    ['State', saga.dead ? `${saga.state}, dead: ${saga.deadReason}` : saga.state],
    ['Reason', saga.reason || '–'],
    ['Driven by', saga.leaseOwner || '–'],
    ['Next attempt', formatDateTime(saga.nextAttempt)],
    ['Failed attempts', String(saga.retryCount)],
    ['Crashes', String(saga.crashCount)],
    ['Placed', formatDateTime(saga.createTime)],
    ['Changed', formatDateTime(saga.updateTime)],
  ];
}

interface ParticipantProps {
  title: string;
  view: ParticipantView | undefined;
  /** Of the one that has money. */
  currencyCode?: string | undefined;
}

function Participant({ title, view, currencyCode }: ParticipantProps) {
  const facts: [string, string][] = [
    ['State', view?.state || `not known: ${view?.error || 'no answer'}`],
    ['Reason', view?.reason || '–'],
  ];
  if (view && currencyCode) {
    const amount = (minorUnits: string) => formatMoney({ currencyCode, minorUnits });
    facts.push(
      ['Set aside', amount(view.amount)],
      ['Taken', amount(view.captured)],
      ['Given back', amount(view.refunded)],
    );
  } else if (view) facts.push(['Pieces', view.pieces]);
  return (
    <section aria-label={title}>
      <h2 className="mb-3 text-xl">{title}</h2>
      <Facts facts={facts} />
    </section>
  );
}
