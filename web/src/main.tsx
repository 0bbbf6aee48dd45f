import './styles.css';

import { reloadWhenBack } from './lib/reload';

// What the first page shows is on the screen before the scripts run that make it work, since they
// hold up everything else; a shop that is slow to answer is not waited for.
const patienceMs = 200;

/** Lets the browser paint, and answer to whoever taps or types, between two large scripts. */
const breathe = () => new Promise((resolve) => setTimeout(resolve));

async function begin(): Promise<void> {
  const patience = new Promise((resolve) => setTimeout(resolve, patienceMs));
  await Promise.race([window.cartwrightFirst?.isPainted, patience]);
  // One after the other, as each takes its time; all of them have been asked for by index.html.
  await import('react-dom/client');
  await breathe();
  const { start } = await import('./app/start');
  await breathe();
  await start();
}

// Without one of its parts there is no page; it is loaded anew.
begin().then(measure, reloadWhenBack);

/** Behind everything else: nobody waits for it, or misses it. */
function measure() {
  void import('./lib/report-web-vitals').then(
    ({ reportWebVitals }) => {
      reportWebVitals();
    },
    () => undefined,
  );
}
