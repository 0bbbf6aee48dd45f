// What visits feel like, measured where they happen: Core Web Vitals in one beacon, with the kind of
// page and nothing about the person. It is sent when the page is left or hidden, never delays
// anything, and a lost one is no loss.
import { onCLS, onFCP, onINP, onLCP, onTTFB, type Metric } from 'web-vitals';

import type { ReportVisitRequest } from '@/types/api';

type Measurement = ReportVisitRequest['measurements'][number];

const pages = new Set([
  '/',
  '/products',
  '/products/:id',
  '/cart',
  '/checkout',
  '/orders',
  '/orders/:id',
  '/wallet',
  '/login',
  '/register',
  '/account',
]);
const ratings = {
  good: 'GOOD',
  'needs-improvement': 'NEEDS_IMPROVEMENT',
  poor: 'POOR',
} as const;
const largest = 600_000;

/** The kind of page: /products/:id of /products/285306f7. The shop takes no other words. */
export function pageOf(pathname: string): string {
  if (pathname === '/admin' || pathname.startsWith('/admin/')) return '/admin';
  const route = pathname.replace(/^(\/products|\/orders)\/[^/]+$/, '$1/:id');
  return pages.has(route) ? route : 'other';
}

type Measured = Pick<Metric, 'value' | 'rating'> & {
  name: Exclude<Metric['name'], 'FID'>;
};

/** In whole milliseconds; a layout shift in thousandths. */
export function measurementOf({ name, value, rating }: Measured): Measurement {
  const scaled = Math.round(name === 'CLS' ? value * 1000 : value);
  return {
    metric: name,
    rating: ratings[rating],
    value: String(Math.min(Math.max(scaled, 0), largest)),
  };
}

export function reportWebVitals(): void {
  // What is measured is about the page that the visit began with.
  const page = pageOf(location.pathname);
  const waiting = new Map<string, Measurement>();
  const note = (metric: Measured) => {
    waiting.set(metric.name, measurementOf(metric));
  };
  onCLS(note);
  onFCP(note);
  onINP(note);
  onLCP(note);
  onTTFB(note);
  // On the window, so after the library, which says its last word on the document.
  addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'hidden' || waiting.size === 0) return;
    const body = JSON.stringify({ page, measurements: [...waiting.values()] });
    waiting.clear();
    navigator.sendBeacon('/api/rum', new Blob([body], { type: 'application/json' }));
  });
}
