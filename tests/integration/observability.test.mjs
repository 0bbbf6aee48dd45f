// What the dashboards and the alerts ask for is what the processes say: every metric, every label, and every value
// that is compared with, of a shop that has sold something. And the other way round: what the processes say is on
// some dashboard. Run with https, since a certificate has metrics, too.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { usesOf, seriesOf } from './promql.mjs';
import { call, eventually, productsInStock, shopUrl, Shopper } from './shop.mjs';

const root = new URL('../..', import.meta.url).pathname;
const processes = ['gateway', 'identity', 'catalog', 'cart', 'order', 'wallet'];
/** Labels that whoever scrapes adds (k8s/chart/templates/monitoring.yaml). */
const targetLabels = new Map([['job', new Set(processes)], ['namespace', undefined], ['instance', undefined], ['pod', undefined]]);
/** Series of Prometheus itself, and of the database's operator and its backups. */
const isForeign = (/** @type {string} */ name) => name === 'up' || /^(cnpg|barman_cloud)_/.test(name);
/** Values of these say how something went; a shop in which all goes well does not have all of them. */
const isOutcome = (/** @type {string} */ label) => /_status_code$/.test(label);

/** @param {string} path */
const read = (path) => readFileSync(join(root, path), 'utf8');

/** Every expression, and where it stands. @returns {{where: string, expression: string}[]} */
function expressionsOfDashboards() {
  const directory = 'k8s/chart/files/dashboards';
  return readdirSync(join(root, directory)).flatMap((file) => {
    const board = JSON.parse(read(`${directory}/${file}`));
    const variables = board.templating.list.filter((/** @type {any} */ one) => one.type === 'query').map((/** @type {any} */ one) => {
      const [, metric, label] = /^label_values\((\w+), (\w+)\)$/.exec(one.query) ?? [];
      return { where: `${file} $${one.name}`, expression: `count by (${label}) (${metric})` };
    });
    const panels = board.panels.flatMap((/** @type {any} */ panel) => (panel.targets ?? []).map(
      (/** @type {any} */ target) => ({ where: `${file} "${panel.title}"`, expression: target.expr })));
    return [...variables, ...panels];
  });
}

/** The rules of a file of alerts. @param {string} path */
function alertsOf(path) {
  return read(path).split(/^ *- alert: /m).slice(1).map((text) => {
    const name = /^\w+/.exec(text)?.[0];
    const expression = /^ *expr: (?:\|\n((?: {10}.*\n)+)|(.*)\n)/m.exec(text);
    return { where: `${name}`, expression: expression?.[1] ?? expression?.[2] ?? '', runbook: /^ *runbook: (\S+)$/m.exec(text)?.[1] };
  });
}

const alerts = [...alertsOf('k8s/chart/files/alerts/cartwright.yaml'), ...alertsOf('k8s/data/files/alerts.yaml')];

/**
 * What an expression asks for and no process says.
 * @param {string} expression @param {Map<string, Map<string, Set<string>>>} series
 */
function missing(expression, series) {
  const { selectors, labels } = usesOf(expression);
  const known = new Set([...targetLabels.keys(), ...selectors.flatMap(({ name }) => [...series.get(name)?.keys() ?? []])]);
  const groups = labels.filter((label) => !known.has(label)).map((label) => `label ${label}`);
  const own = selectors.filter(({ name }) => !isForeign(name));
  return [...groups, ...own.flatMap(({ name, matchers }) => {
    const has = series.get(name);
    if (!has) return [`metric ${name}`];
    return matchers.filter(({ label, operator, value }) => !isSaid(has, label, operator, value))
      .map(({ label, operator, value }) => `${name}{${label}${operator}"${value}"}`);
  })];
}

/** @param {Map<string, Set<string> | undefined>} has @param {string} label @param {string} operator @param {string} value */
function isSaid(has, label, operator, value) {
  if (!has.has(label) && !targetLabels.has(label)) return false;
  const values = has.get(label) ?? targetLabels.get(label);
  if (!values || isOutcome(label) || operator.startsWith('!') || value.includes('$')) return true;
  const expected = operator === '=' ? (/** @type {string} */ one) => one === value : (/** @type {string} */ one) => new RegExp(`^(?:${value})$`).test(one);
  return [...values].some(expected);
}

/** Lets the shop do what has metrics. */
async function useTheShop() {
  const [product] = await productsInStock();
  const shopper = await Shopper.withMoney(2 * Number(product.price.minorUnits));
  await shopper.add(product.id, 1);
  const order = await shopper.checkout();
  await shopper.settled(order.body.id);
  await call('GET', `/api/products/${product.id}`);
  const measurements = ['LCP', 'CLS'].flatMap((metric) => ['GOOD', 'POOR'].map((rating) => ({ metric, rating, value: '1200' })));
  const visit = await call('POST', '/api/rum', { json: { page: '/products/:id', measurements } });
  assert.equal(visit.status, 204, JSON.stringify(visit.body));
}

/** What all processes say now. */
async function scrape() {
  const port = Number(new URL(shopUrl).port);
  const series = new Map();
  for (const [index] of processes.entries()) {
    seriesOf(await (await fetch(`http://127.0.0.1:${port + 10 + index}/metrics`)).text(), series);
  }
  return series;
}

/** What expressions ask for and no process says, and where. @param {Map<string, Map<string, Set<string>>>} series */
function missingAnywhere(series) {
  return [...expressionsOfDashboards(), ...alerts].flatMap(({ where, expression }) => {
    assert.ok(expression, where);
    return missing(expression, series).map((what) => `${where}: ${what}`);
  });
}

await useTheShop();
let series = await scrape();
// Some things are said only when they happened once, as the check of the books. What never is, a test names.
await eventually('everything is said', async () => {
  series = await scrape();
  return missingAnywhere(series).length === 0 ? true : undefined;
}).catch(() => {});

test('every series of a dashboard and of an alert is one that a process has', () => {
  const expressions = [...expressionsOfDashboards(), ...alerts];
  assert.ok(expressions.length > 60, `${expressions.length} expressions`);
  assert.deepEqual(missingAnywhere(series), []);
});

test('every metric of a process is on a dashboard', () => {
  const shown = new Set(expressionsOfDashboards().flatMap(({ expression }) => usesOf(expression).selectors.map(({ name }) => name)));
  // A histogram is on one when its buckets or its count are.
  const family = (/** @type {string} */ name) => name.replace(/_(bucket|count|sum)$/, '');
  const families = new Set([...shown].map(family));
  assert.deepEqual([...series.keys()].filter((name) => !families.has(family(name))), []);
});

test('an unknown metric, label or value would be seen', () => {
  for (const [expression, wrong] of [
    ['sum by (job) (rate(rpc_server_call_duration_seconds_count{job=~"$job"}[5m])) > 0 or vector(0)', []],
    ['sum(rate(rpc_server_calls_total[5m]))', ['metric rpc_server_calls_total']],
    ['max by (peer) (up{job="order"}) and on (nobody) cartwright_sagas_dead', ['label peer', 'label nobody']],
    ['cartwright_sagas_dead{kind="x"}', ['cartwright_sagas_dead{kind="x"}']],
    ['sum(cartwright_response_cache_requests_total{result="eaten"})', ['cartwright_response_cache_requests_total{result="eaten"}']],
    ['cartwright_sagas_dead{job="basket"}', ['cartwright_sagas_dead{job="basket"}']],
    ['http_server_request_duration_seconds_count{http_route=~"/api/nothing.*",http_response_status_code="599"}',
      ['http_server_request_duration_seconds_count{http_route=~"/api/nothing.*"}']],
  ]) assert.deepEqual(missing(String(expression), series), wrong, String(expression));
});

test('every alert has an entry in a runbook', () => {
  assert.ok(alerts.length >= 9);
  for (const { where, runbook } of alerts) {
    const [path, anchor] = (runbook ?? '').split('#');
    assert.ok(path && existsSync(join(root, path)), `${where}: ${runbook}`);
    const headings = [...read(path).matchAll(/^#+ (.*)$/gm)].map(([, text]) => text.toLowerCase().replace(/[^\w\s-]/g, '').replaceAll(' ', '-'));
    assert.equal(anchor, where.toLowerCase(), `${where}: ${runbook}`);
    assert.ok(headings.includes(anchor), `${path} has no heading for ${where}`);
  }
});
