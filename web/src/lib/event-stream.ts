// Server-sent events over fetch: EventSource cannot send the access token.
import { accessToken, accessTokenExpires } from './access-token';
import { refreshAccessToken } from './refresh';

export interface ServerEvent {
  id: string | undefined;
  event: string;
  data: string;
}

/** Cuts text into events (HTML standard, section 9.2.6). Feed it what arrives; it keeps the rest. */
export class EventParser {
  private rest = '';

  feed(text: string): ServerEvent[] {
    this.rest += text;
    const blocks = this.rest.split(/\r\n\r\n|\n\n|\r\r/);
    this.rest = blocks.pop() ?? '';
    return blocks.map(eventOf).filter((event) => event !== undefined);
  }
}

function eventOf(block: string): ServerEvent | undefined {
  const event: ServerEvent = { id: undefined, event: 'message', data: '' };
  const lines: string[] = [];
  for (const line of block.split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(':');
    if (colon === 0) continue;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') lines.push(value);
    else if (name === 'id') event.id = value;
    else if (name === 'event') event.event = value;
  }
  if (!lines.length) return undefined;
  event.data = lines.join('\n');
  return event;
}

export interface StreamOptions {
  signal: AbortSignal;
  /** Id of the last event that is known already. */
  lastEventId?: string | undefined;
  onEvent: (event: ServerEvent) => void;
  /** Called with true when events flow, with false when the line is down and tried again. */
  onConnected?: (connected: boolean) => void;
}

const shortestPauseMs = 500;
const longestPauseMs = 10_000;

/**
 * Follows a stream until the server says that nothing will come any more, and reconnects with the
 * id of the last event when it breaks before. Returns then, or when `signal` is aborted.
 */
export async function followEvents(url: string, options: StreamOptions): Promise<void> {
  let lastEventId = options.lastEventId;
  let pauseMs = shortestPauseMs;
  const onEvent = (event: ServerEvent) => {
    pauseMs = shortestPauseMs;
    if (event.event === 'error') return;
    if (event.id) lastEventId = event.id;
    options.onEvent(event);
  };
  const isOver = () => options.signal.aborted;
  while (!isOver()) {
    const outcome = await readOnce(url, lastEventId, onEvent, options).catch(() => 'broken');
    if (outcome === 'over' || isOver()) return;
    if (outcome === 'broken') options.onConnected?.(false);
    await pause(pauseMs, options.signal);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}

async function readOnce(
  url: string,
  lastEventId: string | undefined,
  onEvent: (event: ServerEvent) => void,
  { signal, onConnected }: StreamOptions,
): Promise<'over' | 'ended' | 'broken'> {
  if (accessTokenExpires(20_000)) await refreshAccessToken();
  const token = accessToken();
  const response = await fetch(url, {
    signal,
    headers: {
      Accept: 'text/event-stream',
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...(lastEventId ? { 'Last-Event-ID': lastEventId } : {}),
    },
  });
  if (response.status === 204 || response.status === 404) return 'over';
  if (response.status === 401) await refreshAccessToken(token);
  if (!response.ok || !response.body) return 'broken';
  onConnected?.(true);
  const parser = new EventParser();
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return 'ended';
    parser.feed(decoder.decode(value, { stream: true })).forEach(onEvent);
  }
}

/** Waits; shorter when the browser comes online or the signal is aborted. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener('online', done);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    addEventListener('online', done);
    signal?.addEventListener('abort', done);
  });
}
