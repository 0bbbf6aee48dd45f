import './styles.css';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { App } from './app/app';
import { isReady, router } from './app/router';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
// Until the page's own chunk is there, index.html shows the shape of it.
void isReady(router).then(() => {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
});

// Behind everything else: nobody waits for it.
void import('./lib/report-web-vitals').then(({ reportWebVitals }) => {
  reportWebVitals();
});
