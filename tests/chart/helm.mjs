// Running helm for the tests. HELM is the program, KUBERNETES_VERSIONS those to render for, and RENDERED a
// directory in which what was rendered is left for other checks.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
/** @type {typeof import('yaml')} */
export const yaml = createRequire(join(root, 'deploy/chart/package.json'))('yaml');

const here = fileURLToPath(new URL('.', import.meta.url));
const program = process.env.HELM ?? 'helm';
export const versions = (process.env.KUBERNETES_VERSIONS ?? '1.33.0').split(' ');
export const namespace = 'shop';
/** Where each chart is, by the first word of a set of values. */
export const charts = { app: join(root, 'k8s/chart'), database: join(root, 'k8s/data') };

/** @param {'app' | 'database'} kind */
export const releaseOf = (kind) => (kind === 'app' ? 'cartwright' : 'cartwright-data');

/** The sets of values of a chart, and those of the overlays and clusters that we document. @param {'app' | 'database'} kind */
export function valueSets(kind) {
  const sets = readdirSync(join(here, 'values')).map((name) => join(here, 'values', name));
  const documented = ['overlays/dev', 'overlays/prod', 'aws'].flatMap((place) => {
    const path = join(root, 'k8s', place);
    return readdirSync(path).map((name) => join(path, name));
  });
  return [...sets, ...documented]
    .filter((path) => new RegExp(`/${kind}-[^/]*\\.yaml$`).test(path))
    .map((path) => ({ name: path.slice(root.length).replace(/^tests\/chart\/values\//, '').replaceAll('/', '_').replace(/\.yaml$/, ''), path }));
}

/** @param {string[]} words */
export function helm(...words) {
  const { status, stdout, stderr, error } = spawnSync(program, words, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (error) throw error;
  return { status, stdout, stderr };
}

/** Helm's words for a chart with files of values. @param {'app' | 'database'} kind @param {string[]} files @param {string} [version] */
export function template(kind, files, version = versions[0]) {
  return helm('template', releaseOf(kind), charts[kind], '--namespace', namespace, '--kube-version', version,
    '--api-versions', 'cert-manager.io/v1', ...files.flatMap((file) => ['--values', file]));
}

/** The objects of a chart. @param {'app' | 'database'} kind @param {string[]} files @param {string} [version] @returns {any[]} */
export function render(kind, files, version) {
  const { status, stdout, stderr } = template(kind, files, version);
  if (status !== 0) throw new Error(stderr);
  return objectsOf(stdout);
}

/** @param {string} text */
export function objectsOf(text) {
  return yaml.parseAllDocuments(text).map((document) => document.toJS()).filter(Boolean);
}

/** Objects with values given as an object, on top of a set. @param {'app' | 'database'} kind @param {object} values @param {string} [set] */
export function withValues(kind, values, set = join(here, 'values', `${kind}-minimal.yaml`)) {
  const directory = mkdtempSync(join(tmpdir(), 'chart-'));
  try {
    const file = join(directory, 'values.yaml');
    // As JSON, in which "off" is no boolean.
    writeFileSync(file, JSON.stringify(values));
    return template(kind, [set, file]);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** @param {string} path from the root */
export const readYaml = (path) => yaml.parse(readFileSync(join(root, path), 'utf8'));
