// What the chart says of the processes is so: every flag and every metric that it names is in their sources.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { readYaml, render, root, valueSets } from './helm.mjs';

/** The C++ of some directories. @param {string[]} directories */
const sourcesOf = (...directories) =>
  directories
    .flatMap((directory) => readdirSync(join(root, directory), { recursive: true }).map((name) => join(root, directory, String(name))))
    .filter((path) => /(?<!_test)\.cc$/.test(path))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');

/** @param {string} process */
const ownDirectory = (process) => (process === 'gateway' ? 'gateway' : `services/${process}`);

/** @param {string} process the flags of its kit and its own */
const flagsOf = (process) =>
  new Set([...sourcesOf('shared', ownDirectory(process)).matchAll(/ABSL_FLAG\(\s*[\w:]+,\s*(\w+)/g)].map(([, name]) => name));

test('every flag is one of its process', () => {
  const used = new Map();
  for (const { path } of valueSets('app')) {
    for (const { kind, spec, metadata } of render('app', [path])) {
      if (kind !== 'Deployment' && kind !== 'Job') continue;
      const process = metadata.name.replace(/-migrate$/, '');
      for (const word of spec.template.spec.containers[0].args) {
        if (!used.has(process)) used.set(process, new Set());
        used.get(process).add(/^--(\w+)/.exec(word)?.[1]);
      }
    }
  }
  assert.equal(used.size, 6);
  for (const [process, flags] of used) {
    const known = flagsOf(process);
    assert.deepEqual([...flags].filter((flag) => !known.has(flag)), [], process);
  }
});

test('every metric of an alert, an autoscaler or a canary is one that a process has', () => {
  const sources = sourcesOf('shared', 'services', 'gateway');
  const alerts = readFileSync(join(root, 'k8s/chart/files/alerts/cartwright.yaml'), 'utf8');
  const [set] = valueSets('app').filter(({ name }) => name === 'app-minimal');
  const scalers = render('app', [set.path])
    .filter(({ kind }) => kind === 'HorizontalPodAutoscaler')
    .flatMap(({ spec }) => spec.metrics.map((/** @type {any} */ metric) => metric.pods?.metric.name).filter(Boolean));
  const [canary] = valueSets('app').filter(({ name }) => name === 'app-canary');
  const questions = render('app', [canary.path]).filter(({ kind }) => kind === 'AnalysisTemplate')
    .flatMap(({ spec }) => spec.metrics.map((/** @type {any} */ metric) => metric.provider.prometheus.query));
  assert.ok(questions.length > 6);
  const named = new Set([...scalers, ...[...[alerts, ...questions].join('\n').matchAll(/\b(?:cartwright|http|rpc|db)_[a-z_]+/g)].map(([name]) => name.replace(/_(count|bucket|sum)$/, ''))]);
  named.delete('http_response_status_code');
  assert.ok(named.size >= 7);
  for (const name of named) assert.ok(sources.includes(`"${name}"`), name);
});

test('a hash of a password takes what the chart counts with', () => {
  const kib = Number(/memory_kib = (\d+)/.exec(readFileSync(join(root, 'services/identity/password_hasher.h'), 'utf8'))?.[1]);
  const mib = Number(/hashThreads\) (\d+)\)/.exec(readFileSync(join(root, 'k8s/chart/templates/_checks.tpl'), 'utf8'))?.[1]);
  assert.equal(kib, mib * 1024);
});

test('the directories of schemas and services are those of the call graph', () => {
  assert.deepEqual(readdirSync(join(root, 'services')).sort(), Object.keys(readYaml('k8s/chart/files/call-graph.yaml')).sort());
});
