import { formatDateTime } from '@/lib/dates';
import type { SagaEvent } from '@/types/api';

function titleOf({ kind, command, operator, state }: SagaEvent): string {
  if (kind === 'OPERATOR') return `${command} by ${operator}`;
  return kind === 'DEAD' ? `Left to a person at ${state}` : state;
}

/** What happened to an order's saga, the first event first. */
export function SagaEvents({ events }: { events: readonly SagaEvent[] }) {
  return (
    <section aria-labelledby="saga-events">
      <h2 id="saga-events" className="mb-3 text-xl">
        Events
      </h2>
      <ol className="divide-y divide-line rounded-card border border-line bg-surface px-5">
        {events.map((event) => (
          <li key={event.id} className="py-3">
            <p className="font-medium break-words">
              {titleOf(event)}
              {event.reason && <span className="text-soft"> ({event.reason})</span>}
            </p>
            {event.note && <p className="break-words">{event.note}</p>}
            <p className="text-sm text-soft">
              {formatDateTime(event.createTime)} · epoch {event.leaseEpoch}
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}
