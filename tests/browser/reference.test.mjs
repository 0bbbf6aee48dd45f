// The API reference at /docs: an operation of ours, drawn from what the gateway serves, with nothing of
// anybody else's. What breaks the content security policy fails the visit (browser.mjs).

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { closeBrowser, newVisit, origin } from './browser.mjs';

after(closeBrowser);

test('/docs shows the operations, and asks nobody but the shop', async (t) => {
  const { context } = await newVisit(t);
  const page = await context.newPage();
  /** @type {string[]} */
  const elsewhere = [];
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.origin !== new URL(origin).origin) elsewhere.push(request.url());
  });
  await page.goto('/docs');
  const operation = page.locator('.opblock', { hasText: '/api/wallet/deposit' });
  await operation.getByRole('button').first().click();
  await operation.getByText('Idempotency-Key').first().waitFor();
  await page.waitForLoadState('networkidle');
  assert.deepEqual(elsewhere, []);
});

test('an operation can be tried from the page', async (t) => {
  const { context } = await newVisit(t);
  const page = await context.newPage();
  await page.goto('/docs');
  const operation = page.locator('.opblock', { hasText: '/api/categories' });
  await operation.getByRole('button').first().click();
  await operation.getByRole('button', { name: 'Try it out' }).click();
  const answered = page.waitForResponse((response) => response.url().endsWith('/api/categories'));
  await operation.getByRole('button', { name: 'Execute' }).click();
  assert.equal((await answered).status(), 200);
  await operation.getByText('productCount').first().waitFor();
});

test('its page is checked again, its files are kept for ever', async () => {
  const page = await fetch(`${origin}/docs`);
  assert.equal(page.headers.get('cache-control'), 'no-cache');
  assert.match(page.headers.get('content-security-policy') ?? '', /^default-src 'none'; script-src 'self'; (?!.*unsafe)/);
  const [, script] = /src="(\/assets\/docs\/[^"]+\.js)"/.exec(await page.text()) ?? [];
  const file = await fetch(`${origin}${script}`);
  assert.equal(file.status, 200);
  assert.match(file.headers.get('cache-control') ?? '', /immutable/);
});
