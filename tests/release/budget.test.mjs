// Whether a release is refused when the shop has no error budget left: counters of requests in a Prometheus, which
// evaluates the chart's own rules over them, and deploy/release/budget.sh asks it.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'budget-'));
// Also after a failure before the first test, which has no hooks.
process.once('exit', () => rmSync(place, { recursive: true, force: true }));

const tag = 'v1.2.3';
const stepSeconds = 30;
const steps = 40;

/**
 * Counters that grew until now, by requests and failures of each step.
 * @param {Record<string, {requests: number, failures: number}>} shops by namespace
 */
function countersOf(shops) {
  const now = Math.floor(Date.now() / 1000);
  const lines = ['# TYPE http_server_request_duration_seconds histogram'];
  for (const [namespace, { requests, failures }] of Object.entries(shops)) {
    for (const route of ['/api/cart/add', '/api/checkout', '/api/products/{id}']) {
      for (const [status, each] of [['200', requests - failures], ['503', failures]]) {
        const labels = `namespace="${namespace}",http_route="${route}",http_response_status_code="${status}"`;
        for (const [series, more] of [['bucket', ',le="0.5"'], ['bucket', ',le="1"'], ['bucket', ',le="+Inf"'], ['count', ''], ['sum', '']]) {
          for (let step = 0; step <= steps; ++step) {
            lines.push(`http_server_request_duration_seconds_${series}{${labels}${more}} ${step * Number(each)} ${now - (steps - step) * stepSeconds}`);
          }
        }
      }
    }
  }
  return `${lines.join('\n')}\n# EOF\n`;
}

/** A port that is free now. @returns {Promise<number>} */
const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    server.close(() => resolve(port));
  });
});

/** A Prometheus that has these shops and the rules of the chart. @param {Parameters<typeof countersOf>[0]} shops @returns {Promise<string>} its URL */
async function prometheusOf(shops) {
  writeFileSync(join(place, 'counters.om'), countersOf(shops));
  const made = spawnSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', join(place, 'counters.om'), join(place, 'data')], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  // At once, and not within a minute.
  writeFileSync(join(place, 'rules.yaml'), readFileSync(join(root, 'k8s/chart/files/alerts/budget.yaml'), 'utf8').replace('interval: 1m', 'interval: 1s'));
  writeFileSync(join(place, 'prometheus.yaml'), 'rule_files: [rules.yaml]\n');
  const port = await freePort();
  const child = spawn('prometheus', [`--config.file=${join(place, 'prometheus.yaml')}`, `--storage.tsdb.path=${join(place, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`, '--log.level=error'], { stdio: ['ignore', 'ignore', 'inherit'] });
  child.unref();
  process.once('exit', () => child.kill());
  const url = `http://127.0.0.1:${port}`;
  const query = `${url}/api/v1/query?query=${encodeURIComponent('count(cartwright:slo_budget_left:ratio30d)')}`;
  const deadline = Date.now() + 60_000;
  for (;;) {
    const answer = await fetch(query).then((response) => (response.ok ? response.json() : undefined)).catch(() => undefined);
    if (answer?.data.result[0]?.value[1] === String(Object.keys(shops).length * 4)) return url;
    assert.ok(Date.now() < deadline && child.exitCode === null, `Prometheus has evaluated nothing: ${JSON.stringify(answer)}`);
  }
}

const prometheus = await prometheusOf({
  good: { requests: 1000, failures: 0 },
  over: { requests: 1000, failures: 5 },
});

/** @param {Record<string, string>} env */
function budget(env) {
  const { status, stdout, stderr } = spawnSync(join(root, 'deploy/release/budget.sh'), [tag], {
    encoding: 'utf8', env: { ...process.env, CARTWRIGHT_PROMETHEUS: prometheus, CARTWRIGHT_OVER_BUDGET: '', ...env },
  });
  return { status, stdout, stderr };
}

test('with budget left a release may be made', () => {
  const { status, stdout, stderr } = budget({ CARTWRIGHT_NAMESPACE: 'good' });
  assert.equal(status, 0, stderr);
  assert.deepEqual(stdout.trim().split('\n').sort(), ['availability', 'cart', 'checkout', 'product'].map((name) => `${name}: 100 % of the budget is left`));
});

test('below zero it is refused, and the objective that has none left is named', () => {
  const { status, stdout, stderr } = budget({ CARTWRIGHT_NAMESPACE: 'over' });
  assert.equal(status, 1);
  // Five of a thousand, of which one may fail.
  assert.match(stdout, /^availability: -400 % of the budget is left$/m);
  assert.match(stdout, /^product: 90 % of the budget is left$/m);
  assert.match(stderr, /no release without budget/);
});

test('the release that mends it is made all the same, and says why', () => {
  const { status, stdout } = budget({ CARTWRIGHT_NAMESPACE: 'over', CARTWRIGHT_OVER_BUDGET: `${tag} carts answer again` });
  assert.equal(status, 0);
  assert.match(stdout, /^OVERRIDE v1\.2\.3 is released without budget: carts answer again$/m);
  assert.equal(budget({ CARTWRIGHT_NAMESPACE: 'over', CARTWRIGHT_OVER_BUDGET: 'v1.2.2 of the last time' }).status, 1);
});

test('what is not known is refused: a shop that nobody measures, and a Prometheus that is not there', () => {
  const unknown = budget({ CARTWRIGHT_NAMESPACE: 'nowhere' });
  assert.equal(unknown.status, 1);
  assert.match(unknown.stderr, /checkout: Prometheus knows no budget of it/);
  assert.match(budget({ CARTWRIGHT_PROMETHEUS: 'http://127.0.0.1:1' }).stderr, /does not answer/);
  assert.match(budget({ CARTWRIGHT_PROMETHEUS: `${prometheus}/nothing` }).stderr, /does not answer/);
  const none = budget({ CARTWRIGHT_PROMETHEUS: '' });
  assert.equal(none.status, 1);
  assert.match(none.stderr, /CARTWRIGHT_PROMETHEUS is empty/);
});
