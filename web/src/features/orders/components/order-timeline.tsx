import { describeEvent, describeFailure } from '../order-status';
import { formatDateTime } from '@/lib/dates';
import type { OrderStream } from '../api/watch-order';

/** What has happened to an order, as it happens. */
export function OrderTimeline({ stream }: { stream: OrderStream }) {
  const { events, isConnected } = stream;
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline" className="mb-4 text-xl">
        What happened
      </h2>
      {!isConnected && (
        <p role="status" className="mb-3 text-sm text-warn">
          The live connection is interrupted; we reconnect.
        </p>
      )}
      <ol aria-live="polite" className="space-y-4 border-l-2 border-line pl-5">
        {events.map((event) => (
          <li
            key={event.id}
            className="relative before:absolute before:top-1.5 before:-left-[1.7rem] before:size-3 before:rounded-full before:bg-accent"
          >
            <p className="font-medium">{describeEvent(event)}</p>
            {event.state === 'REJECTED' && event.reason && (
              <p className="text-sm">{describeFailure({ reason: event.reason, message: '' })}</p>
            )}
            <p className="text-sm text-soft">
              <time dateTime={event.createTime}>{formatDateTime(event.createTime)}</time>
            </p>
          </li>
        ))}
        {events.length === 0 && <li className="skeleton h-12 rounded" />}
      </ol>
    </section>
  );
}
