import { useSaga } from '../api/get-saga';
import { sagaCommands } from '../saga-commands';
import { SagaCommandButton } from './saga-command-button';
import { LoadFailed } from '@/components/ui/load-failed';
import { StaleNotice } from '@/components/ui/stale-notice';
import { formatDateTime } from '@/lib/dates';
import { formatMoney } from '@/lib/money';
import type { ParticipantView, Saga, SagaDetail as Detail, SagaEvent } from '@/types/api';

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
      <Events events={data.events} />
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

function Facts({ facts }: { facts: [string, string][] }) {
  return (
    <dl className="grid gap-x-8 gap-y-1 rounded-card border border-line bg-surface p-5 sm:grid-cols-[max-content_1fr]">
      {facts.map(([term, value]) => (
        <div key={term} className="contents">
          <dt className="text-soft">{term}</dt>
          <dd className="mb-2 min-w-0 font-medium break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
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

function Events({ events }: { events: readonly SagaEvent[] }) {
  return (
    <section aria-labelledby="saga-events">
      <h2 id="saga-events" className="mb-3 text-xl">
        Events
      </h2>
      <ol className="divide-y divide-line rounded-card border border-line bg-surface px-5">
        {events.map((event) => (
          <li key={event.id} className="py-3">
            <p className="font-medium">
              {event.kind === 'OPERATOR' ? `${event.command} by ${event.operator}` : event.state}
              {event.reason && <span className="text-soft"> ({event.reason})</span>}
            </p>
            {event.note && <p>{event.note}</p>}
            <p className="text-sm text-soft">
              {formatDateTime(event.createTime)} · epoch {event.leaseEpoch}
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}
