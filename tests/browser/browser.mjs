// Debian's Chromium, headless, against the shop that with_shop.sh started. Each visit is a browser
// profile of its own that records what no page of ours may do: break the content security policy,
// throw, or log an error that nobody expected.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';

import { chromium } from 'playwright-core';

export const executablePath = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync);
assert.ok(executablePath, 'there is no Chromium: ./cartwright test installs it, CHROMIUM names another one');

/** The same origin as the shop's issuer, and one that browsers trust with Secure cookies. */
export const origin = (process.env.SHOP ?? '').replace('127.0.0.1', 'localhost');

/** @type {Promise<import('playwright-core').Browser> | undefined} */
let launched;

function browser() {
  launched ??= chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  return launched;
}

/** For the `after` hook of each file. */
export async function closeBrowser() {
  if (launched) await (await launched).close();
  launched = undefined;
}

/** Long enough for a machine that is busy with something else. */
export const patienceMs = 45_000;

/**
 * One person's browser: cookies, storage and tabs of its own.
 * @param {import('node:test').TestContext} t
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
export async function newVisit(t, options = {}) {
  const context = await (await browser()).newContext({
    baseURL: origin,
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    reducedMotion: 'reduce',
    ...options,
  });
  context.setDefaultTimeout(patienceMs);
  /** @type {string[]} */
  const findings = [];
  await context.exposeBinding('cspReport', (_, text) => findings.push(`CSP: ${text}`));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      // @ts-ignore: exposed above
      window.cspReport(`${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  context.on('weberror', (error) => findings.push(`thrown: ${error.error().message}`));
  t.after(async () => {
    await context.close();
    assert.deepEqual(findings, []);
  });
  return { context, findings };
}

/**
 * A page of a new visit.
 * @param {import('node:test').TestContext} t
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
export async function newPage(t, options) {
  const { context } = await newVisit(t, options);
  return context.newPage();
}

/** Waits until a page says something. @param {import('playwright-core').Page} page @param {string | RegExp} text */
export async function sees(page, text) {
  await page.getByText(text).filter({ visible: true }).first().waitFor();
}
