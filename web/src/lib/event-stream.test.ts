import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { EventParser, followEvents, type ServerEvent } from './event-stream';

describe('EventParser', () => {
  test('reads events however the text is cut', () => {
    const text =
      ': hello\n\nid: 1\ndata: {"a":\ndata: 1}\n\nevent: error\ndata: no\n\nid: 3\r\ndata: x\r\n\r\n';
    for (let size = 1; size < text.length; size += 3) {
      const parser = new EventParser();
      const events: ServerEvent[] = [];
      for (let at = 0; at < text.length; at += size) {
        events.push(...parser.feed(text.slice(at, at + size)));
      }
      // A carriage return at a cut may belong to a pair, so the line ends of one kind are enough.
      expect(events.slice(0, 2)).toEqual([
        { id: '1', event: 'message', data: '{"a":\n1}' },
        { id: undefined, event: 'error', data: 'no' },
      ]);
    }
  });

  test('keeps an event back until it is whole', () => {
    const parser = new EventParser();
    expect(parser.feed('id: 1\ndata: x\n')).toEqual([]);
    expect(parser.feed('\n')).toEqual([{ id: '1', event: 'message', data: 'x' }]);
  });
});

describe('followEvents', () => {
  const fetchStub = vi.fn<typeof fetch>();
  beforeEach(() => {
    vi.useFakeTimers();
    fetchStub.mockReset();
    vi.stubGlobal('fetch', fetchStub);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const lastEventIds = () =>
    fetchStub.mock.calls.map(
      ([, init]) => (init?.headers as Record<string, string>)['Last-Event-ID'],
    );

  test('goes on after the last event, until nothing will come any more', async () => {
    fetchStub
      .mockResolvedValueOnce(new Response('id: 1\ndata: a\n\n'))
      .mockRejectedValueOnce(new TypeError('Failed to fetch'))
      .mockResolvedValueOnce(new Response('', { status: 503 }))
      .mockResolvedValueOnce(new Response('id: 2\ndata: b\n\n'))
      .mockResolvedValueOnce(new Response(null, { status: 204 }));
    const seen: string[] = [];
    const connected: boolean[] = [];
    const done = followEvents('/events', {
      signal: new AbortController().signal,
      onEvent: ({ data }) => seen.push(data),
      onConnected: (is) => connected.push(is),
    });
    await vi.runAllTimersAsync();
    await done;
    expect(seen).toEqual(['a', 'b']);
    expect(lastEventIds()).toEqual([undefined, '1', '1', '1', '2']);
    expect(connected).toEqual([true, false, false, true]);
  });

  test('stops when nobody listens any more', async () => {
    const controller = new AbortController();
    fetchStub.mockImplementation(() => {
      controller.abort();
      return Promise.reject(new DOMException('aborted', 'AbortError'));
    });
    const done = followEvents('/events', { signal: controller.signal, onEvent: () => undefined });
    await vi.runAllTimersAsync();
    await done;
    expect(fetchStub).toHaveBeenCalledOnce();
  });
});
