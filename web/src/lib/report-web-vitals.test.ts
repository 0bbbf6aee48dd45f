import { expect, test, vi } from 'vitest';

import { measurementOf, pageOf, reportWebVitals } from './report-web-vitals';

test('a beacon names the kind of page, not which one', () => {
  expect(pageOf('/products/285306f7-7235')).toBe('/products/:id');
  expect(pageOf('/orders/285306f7-7235')).toBe('/orders/:id');
  expect(pageOf('/admin/sagas/285306f7-7235')).toBe('/admin');
  expect(pageOf('/cart')).toBe('/cart');
  expect(pageOf('/ada@example.com')).toBe('other');
});

test('values are whole numbers within the bounds of the shop', () => {
  expect(measurementOf({ name: 'CLS', value: 0.0124, rating: 'good' })).toEqual({
    metric: 'CLS',
    rating: 'GOOD',
    value: '12',
  });
  expect(measurementOf({ name: 'LCP', value: 2700.4, rating: 'needs-improvement' })).toMatchObject({
    rating: 'NEEDS_IMPROVEMENT',
    value: '2700',
  });
  expect(measurementOf({ name: 'TTFB', value: 1e9, rating: 'poor' }).value).toBe('600000');
});

vi.mock('web-vitals', () => {
  const once = (name: string) => (report: (metric: object) => void) => {
    report({ name, value: 100, rating: 'good' });
  };
  return {
    onCLS: once('CLS'),
    onFCP: once('FCP'),
    onINP: once('INP'),
    onLCP: once('LCP'),
    onTTFB: once('TTFB'),
  };
});

test('one beacon is sent when the page is hidden, and none without news', async () => {
  const sendBeacon = vi.fn<(url: string, body: Blob) => boolean>(() => true);
  Object.defineProperty(navigator, 'sendBeacon', { value: sendBeacon, configurable: true });
  const state = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('visible');
  reportWebVitals();
  document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  expect(sendBeacon).not.toHaveBeenCalled();
  state.mockReturnValue('hidden');
  document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  expect(sendBeacon).toHaveBeenCalledOnce();
  const [url, blob] = sendBeacon.mock.calls[0]!;
  expect(url).toBe('/api/rum');
  expect(blob.type).toBe('application/json');
  const text = await new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => {
      resolve(reader.result);
    };
    reader.readAsText(blob);
  });
  const { page, measurements } = JSON.parse(String(text)) as { page: string; measurements: [] };
  expect(page).toBe('/');
  expect(measurements).toHaveLength(5);
});
