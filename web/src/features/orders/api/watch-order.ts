import { useEffect, useRef, useState } from 'react';

import { followEvents } from '@/lib/event-stream';
import type { OrderEvent } from '@/types/api';

function parse(text: string): OrderEvent | undefined {
  try {
    return JSON.parse(text) as OrderEvent;
  } catch {
    return undefined;
  }
}

export interface OrderStream {
  events: readonly OrderEvent[];
  isConnected: boolean;
}

/**
 * The events of an order, each once, as they happen. `round` starts to listen again after the
 * stream was over: a cancellation wakes a settled order up.
 */
export function useOrderEvents(id: string, round: number): OrderStream {
  const [events, setEvents] = useState<readonly OrderEvent[]>([]);
  const [isConnected, setConnected] = useState(true);
  const lastEventId = useRef<string>(undefined);
  useEffect(() => {
    lastEventId.current = undefined;
    setEvents([]);
  }, [id]);
  useEffect(() => {
    const controller = new AbortController();
    void followEvents(`/api/orders/${encodeURIComponent(id)}/events`, {
      signal: controller.signal,
      lastEventId: lastEventId.current,
      onConnected: setConnected,
      onEvent: ({ id: eventId, data }) => {
        const event = parse(data);
        if (!event) return;
        lastEventId.current = eventId;
        setEvents((before) =>
          before.some((known) => known.id === event.id) ? before : [...before, event],
        );
      },
    });
    return () => {
      controller.abort();
    };
  }, [id, round]);
  return { events, isConnected };
}
