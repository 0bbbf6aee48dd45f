// Lighthouse on the list, a product and a cart with something in it, as a phone on a slow network and
// as a desktop; by hand, since its numbers are those of a quiet machine:
//
//   (cd tests/lighthouse && npm ci)
//   tests/integration/with_shop.sh node tests/lighthouse/lighthouse.mjs [desktop|mobile]
//
// Prints the scores, what keeps one from 100, and how fast Lighthouse found the machine (benchmarkIndex: runs
// of which it differs much cannot be compared). Fails when a score is below 95, the page moves by 0.02, or, on
// the desktop, the largest content comes after 1.2 s; a phone's network alone, as Lighthouse reckons it, takes
// about that long.

import { existsSync } from 'node:fs';
import { argv, env, exit, stdout } from 'node:process';

import lighthouse, { desktopConfig } from 'lighthouse';
import puppeteer from 'puppeteer-core';

const runs = 3;
const limits = { score: 95, largestContentMs: 1200, layoutShift: 0.02 };
const categories = ['performance', 'accessibility', 'best-practices', 'seo'];

const origin = (env.SHOP ?? '').replace('127.0.0.1', 'localhost');
const executablePath = env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync);
const [, , form = 'desktop'] = argv;
const config = form === 'desktop' ? desktopConfig : undefined;

/** @param {string} line */
const say = (line) => stdout.write(`${line}\n`);

/** The run in the middle by performance: one alone says more about the machine. @param {import('puppeteer-core').Page} page @param {string} url */
async function measure(page, url) {
  const results = [];
  for (let run = 0; run < runs; run += 1) {
    const flags = { onlyCategories: categories, disableStorageReset: true, logLevel: /** @type {const} */ ('error') };
    const { lhr } = (await lighthouse(url, flags, config, page)) ?? {};
    if (!lhr || lhr.runtimeError) throw new Error(`${url}: ${lhr?.runtimeError?.message}`);
    results.push(lhr);
  }
  results.sort((a, b) => Number(a.categories.performance.score) - Number(b.categories.performance.score));
  return results[Math.floor(runs / 2)];
}

/** @param {string} name @param {import('lighthouse').Result} lhr @returns {boolean} whether it is as it should be */
function report(name, lhr) {
  const scores = categories.map((category) => Math.round(100 * Number(lhr.categories[category].score)));
  const value = (/** @type {string} */ audit) => Number(lhr.audits[audit].numericValue);
  const largest = value('largest-contentful-paint');
  const shift = value('cumulative-layout-shift');
  const { benchmarkIndex } = lhr.environment;
  say(`${name}: ${categories.map((category, at) => `${category} ${scores[at]}`).join(', ')};` +
    ` LCP ${(largest / 1000).toFixed(2)} s, CLS ${shift.toFixed(3)}, TBT ${Math.round(value('total-blocking-time'))} ms, benchmarkIndex ${Math.round(benchmarkIndex)}`);
  const weights = categories.flatMap((category) => lhr.categories[category].auditRefs);
  for (const { id, weight } of weights) {
    const { score, title, displayValue = '' } = lhr.audits[id];
    if (weight > 0 && score !== null && score < 0.9) say(`    ${score}  ${title} ${displayValue}`);
  }
  return scores.every((score) => score >= limits.score) &&
    (form !== 'desktop' || largest < limits.largestContentMs) && shift < limits.layoutShift;
}

const browser = await puppeteer.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
const page = await browser.newPage();
const { products } = await (await fetch(`${origin}/api/products?inStock=true&pageSize=1`)).json();
const product = `${origin}/products/${products[0].id}`;
await page.goto(product);
await page.locator('::-p-aria([name="Add to cart"][role="button"])').click();
await page.locator('::-p-text(in your cart)').wait();
let isGood = true;
for (const [name, url] of [['list', `${origin}/products`], ['product', product], ['cart', `${origin}/cart`]]) {
  isGood = report(`${form}, ${name}`, await measure(page, url)) && isGood;
}
await browser.close();
exit(isGood ? 0 : 1);
