// What visits feel like, measured where they happen: Core Web Vitals, one beacon each, with the kind
// of page and nothing about the person. A beacon never delays anything, and a lost one is no loss.
import { onCLS, onINP, onLCP, onTTFB, type Metric } from 'web-vitals';

/** The page without ids: /products/:id of /products/285306f7. */
export function pageOf(pathname: string): string {
  return pathname.replace(/^(\/products|\/orders|\/admin\/sagas)\/[^/]+$/, '$1/:id').slice(0, 100);
}

function report({ name, value, rating }: Metric): void {
  const body = JSON.stringify({ name, value, rating, page: pageOf(location.pathname) });
  navigator.sendBeacon('/api/rum', new Blob([body], { type: 'application/json' }));
}

export function reportWebVitals(): void {
  onCLS(report);
  onINP(report);
  onLCP(report);
  onTTFB(report);
}
