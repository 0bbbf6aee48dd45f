import './styles.css';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { App } from './app/app';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

// Behind everything else: nobody waits for it.
void import('./lib/report-web-vitals').then(({ reportWebVitals }) => {
  reportWebVitals();
});
