import { startTransition, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { App } from './app';
import type { PageHandle } from './page-handle';
import { createRouter, isReady, type Router } from './router';

// Longer than this, the page says itself what it waits for.
const patienceMs = 100;

/** Reads what the first page begins with, unless that takes long. */
async function readAhead({ state }: Router): Promise<void> {
  const { matches, location } = state;
  const reads = matches.map(async ({ route, params }) => {
    await (route.handle as PageHandle | undefined)?.readAhead?.(params, location.search);
  });
  const patience = new Promise((resolve) => setTimeout(resolve, patienceMs));
  await Promise.race([Promise.all(reads), patience]);
}

/** Puts the shop in the place of what index.html shows. */
export async function start(): Promise<void> {
  const root = document.getElementById('root');
  if (!root) throw new Error('index.html has no #root');
  const router = createRouter();
  await isReady(router);
  await readAhead(router);
  // In a transition, the page is made in small pieces, and the browser can do other things between them.
  startTransition(() => {
    createRoot(root).render(
      <StrictMode>
        <App router={router} />
      </StrictMode>,
    );
  });
}
