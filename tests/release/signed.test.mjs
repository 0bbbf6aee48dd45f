// What deploy/release makes, signs and verifies: that a release is refused once any of it is another, and that nothing is
// signed or checked without a key. The files are those that files.sh makes of this checkout; the keys are made here.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'release-'));
after(() => rmSync(place, { recursive: true }));

const version = '1.2.3';
const processes = ['identity', 'catalog', 'cart', 'order', 'wallet', 'gateway'];

/** @param {string} command @param {string[]} words @param {Record<string, string>} [env] @param {string} [input] */
function run(command, words, env = {}, input = '') {
  const { status, stdout, stderr, error } = spawnSync(command, words, { encoding: 'utf8', cwd: root, input, env: { ...process.env, ...env } });
  if (error) throw error;
  return { status, stdout, stderr };
}

/** @param {string} name @param {string[]} words @param {Record<string, string>} [env] */
const script = (name, words, env) => run(join(root, 'deploy/release', `${name}.sh`), words, env);

/** A key of somebody. @param {string} name */
function keyOf(name) {
  const path = join(place, name);
  assert.equal(run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', path]).status, 0);
  return { path: `${path}.pub`, secret: readFileSync(path, 'utf8'), text: readFileSync(`${path}.pub`, 'utf8') };
}

const ours = keyOf('ours');
const others = keyOf('others');

/** What the images have left, as deploy/ci/images.sh --push writes it. */
function imageFiles() {
  const images = mkdtempSync(join(place, 'images-'));
  const digests = processes.map((name, at) => `    ${name}: sha256:${String(at).repeat(64)}\n`).join('');
  writeFileSync(join(images, 'digests.yaml'), `image:\n  prefix: registry.example.com/cartwright\n  digests:\n${digests}`);
  for (const name of processes) {
    writeFileSync(join(images, `${name}.packages.tsv`), `libc6\t2.36\n`);
    writeFileSync(join(images, `${name}.cdx.json`), '{}\n');
  }
  return images;
}

/** The environment of the scripts. @param {string} files @param {string} images */
const settings = (files, images) => ({
  CARTWRIGHT_RELEASE_FILES: files, CARTWRIGHT_IMAGE_FILES: images,
  CARTWRIGHT_RELEASE_KEY: ours.secret, CARTWRIGHT_RELEASE_PUBLIC_KEY: ours.text,
});

const original = join(place, 'files');
const env = settings(original, imageFiles());
const made = script('files', [version], env);
assert.equal(made.status, 0, made.stderr);
const signed = script('sign', [], env);
assert.equal(signed.status, 0, signed.stderr);

/** A copy of the release with something done to it. @param {(directory: string) => void} [change] */
function copy(change) {
  const directory = mkdtempSync(join(place, 'copy-'));
  cpSync(original, directory, { recursive: true });
  change?.(directory);
  return directory;
}

/** @param {string} directory @param {{path: string}} [key] @param {string} [wanted] */
const verify = (directory, key = ours, wanted = version) => script('verify', [directory, key.path, wanted]);

/** @param {string} directory @param {RegExp} why @param {{path: string}} [key] @param {string} [wanted] */
function refused(directory, why, key, wanted) {
  const { status, stderr } = verify(directory, key, wanted);
  assert.equal(status, 1, directory);
  assert.match(stderr, why);
}

/** Sums of the files as they are, without the signature. @param {string} directory */
const sumUp = (directory) => run('bash', ['-c', 'cd "$0" && rm SHA256SUMS && find . -type f ! -name "*.sig" -printf "%f\\0" | sort -z | xargs -0 sha256sum >../sums && mv ../sums SHA256SUMS', directory]);

test('a release has charts, protos, the API, digests, and packages and a bill of every image', () => {
  assert.deepEqual(readdirSync(original).sort(), [
    'SHA256SUMS', 'SHA256SUMS.sig', `cartwright-${version}.tgz`, `cartwright-data-${version}.tgz`, 'digests.yaml', 'openapi.json',
    'provenance.json', `protos-${version}.tar.gz`, ...processes.flatMap((name) => [`${name}.cdx.json`, `${name}.packages.tsv`]),
  ].sort());
  const chart = run('tar', ['-xOf', join(original, `cartwright-${version}.tgz`), 'cartwright/Chart.yaml']).stdout;
  assert.match(chart, /^version: 1\.2\.3$/m);
  assert.match(chart, /^appVersion: 1\.2\.3$/m);
});

test('its provenance names the sources, the charts by their sums, and the images by their digests', () => {
  const { subject, predicate } = JSON.parse(readFileSync(join(original, 'provenance.json'), 'utf8'));
  const sums = readFileSync(join(original, 'SHA256SUMS'), 'utf8');
  const charts = subject.filter(({ name }) => name.endsWith('.tgz'));
  assert.equal(charts.length, 2);
  for (const { name, digest } of charts) assert.ok(sums.includes(`${digest.sha256}  ${name}\n`), name);
  assert.deepEqual(subject.filter(({ name }) => name.startsWith('registry.example.com/cartwright/')).map(({ digest }) => digest.sha256),
    processes.map((_, at) => String(at).repeat(64)));
  const revision = run('git', ['rev-parse', 'HEAD']).stdout.trim();
  assert.equal(predicate.buildDefinition.resolvedDependencies[0].digest.gitCommit, process.env.GITHUB_SHA ?? revision);
});

test('what was signed is verified, also by one of several keys', () => {
  const { status, stdout } = verify(original);
  assert.equal(status, 0);
  assert.match(stdout, /^\d+ files are as they were signed: cartwright-1\.2\.3\.tgz/);
  const both = join(place, 'both.pub');
  writeFileSync(both, `# the next one\n${others.text}\n${ours.text}`);
  assert.equal(verify(original, { path: both }).status, 0);
});

for (const name of readdirSync(original).filter((file) => !/^SHA256SUMS|^(?!gateway).*\.(cdx\.json|tsv)$/.test(file))) {
  test(`another ${name} is found, and a missing one`, () => {
    refused(copy((directory) => appendFileSync(join(directory, name), ' ')), /not what was signed/);
    refused(copy((directory) => rmSync(join(directory, name))), new RegExp(`${name} is missing`));
    // Whoever changes the sums as well has no signature of them.
    const changed = copy((directory) => appendFileSync(join(directory, name), ' '));
    assert.equal(sumUp(changed).status, 0);
    refused(changed, /was not signed by the key/);
  });
}

test('a file too many is found, and one under another name', () => {
  refused(copy((directory) => writeFileSync(join(directory, '.values.yaml'), '')), /\.values\.yaml is not of the release/);
  refused(copy((directory) => renameSync(join(directory, 'order.cdx.json'), join(directory, 'cart.cdx.json'))), /order\.cdx\.json is missing/);
});

test('no signature, that of another key, and one that the key made of something else are refused', () => {
  refused(copy((directory) => rmSync(join(directory, 'SHA256SUMS.sig'))), /nobody has signed this/);
  refused(original, /was not signed by the key/, others);
  const elsewhere = copy((directory) => {
    const sums = readFileSync(join(directory, 'SHA256SUMS'), 'utf8');
    const { stdout } = run('ssh-keygen', ['-Y', 'sign', '-q', '-n', 'git', '-f', join(place, 'ours'), '-'], {}, sums);
    writeFileSync(join(directory, 'SHA256SUMS.sig'), stdout);
  });
  refused(elsewhere, /was not signed by the key/);
});

test('a good release of another version is not the one that was wanted', () => {
  refused(original, /another release: it has no cartwright-1\.2\.4\.tgz/, ours, '1.2.4');
});

test('nothing is signed without a key, nor checked without a public one', () => {
  const unsigned = { ...env, CARTWRIGHT_RELEASE_FILES: copy((directory) => rmSync(join(directory, 'SHA256SUMS.sig'))) };
  const without = script('sign', [], { ...unsigned, CARTWRIGHT_RELEASE_KEY: '' });
  assert.equal(without.status, 1);
  assert.match(without.stderr, /CARTWRIGHT_RELEASE_KEY is empty, and what is not signed is not published/);
  assert.ok(!readdirSync(unsigned.CARTWRIGHT_RELEASE_FILES).includes('SHA256SUMS.sig'));
  const unchecked = script('check', [version], { ...env, CARTWRIGHT_RELEASE_PUBLIC_KEY: '' });
  assert.equal(unchecked.status, 1);
  assert.match(unchecked.stderr, /CARTWRIGHT_RELEASE_PUBLIC_KEY is empty/);
});

test('a release that is checked renders with its digests, and none that has a tag for an image', () => {
  const { status, stdout, stderr } = script('check', [version], env);
  assert.equal(status, 0, stderr);
  for (const [at, name] of processes.entries()) assert.ok(stdout.includes(`registry.example.com/cartwright/${name}@sha256:${String(at).repeat(64)}`), name);
  const tagged = { ...env, CARTWRIGHT_RELEASE_FILES: copy((directory) => {
    writeFileSync(join(directory, 'digests.yaml'), 'image:\n  prefix: registry.example.com/cartwright\n  tag: v1\n');
  }) };
  assert.equal(sumUp(tagged.CARTWRIGHT_RELEASE_FILES).status, 0);
  assert.equal(script('sign', [], tagged).status, 0);
  const refusal = script('check', [version], tagged);
  assert.equal(refusal.status, 1);
  assert.match(refusal.stderr, /not every image is named by its digest/);
});

test('a release is not made ready without key, with another key, or with a tag of another version', () => {
  // Its budget is a test of its own.
  const tag = `v${/^project\(cartwright VERSION ([\d.]+)/m.exec(readFileSync(join(root, 'CMakeLists.txt'), 'utf8'))?.[1]}`;
  const ready = { ...env, CARTWRIGHT_PROMETHEUS: '', CARTWRIGHT_OVER_BUDGET: `${tag} this is a test` };
  const { status, stdout, stderr } = script('ready', [tag], ready);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /OVERRIDE v[\d.]+ is released without budget: this is a test/);
  for (const [change, why] of /** @type {[Record<string, string>, RegExp][]} */ ([
    [{ CARTWRIGHT_RELEASE_KEY: '' }, /no key to sign the release with/],
    [{ CARTWRIGHT_RELEASE_KEY: 'nonsense' }, /no private key without a passphrase/],
    [{ CARTWRIGHT_RELEASE_KEY: others.secret }, /is not of CARTWRIGHT_RELEASE_PUBLIC_KEY/],
    [{ CARTWRIGHT_RELEASE_PUBLIC_KEY: '' }, /nobody could verify/],
    [{ CARTWRIGHT_OVER_BUDGET: '' }, /no release without budget/],
    [{ CARTWRIGHT_OVER_BUDGET: 'v0.0.0 of the last time' }, /no release without budget/],
    [{ CARTWRIGHT_OVER_BUDGET: `${tag} ` }, /no release without budget/],
  ])) {
    const refusal = script('ready', [tag], { ...ready, ...change });
    assert.equal(refusal.status, 1, JSON.stringify(change));
    assert.match(refusal.stderr, why);
  }
  const other = script('ready', ['v99.0.0'], { ...ready, CARTWRIGHT_OVER_BUDGET: 'v99.0.0 a test' });
  assert.equal(other.status, 1);
  assert.match(other.stderr, /the tag is v99\.0\.0, and CMakeLists\.txt says/);
});

test('a pushed release without the bill of an image is none', () => {
  const incomplete = imageFiles();
  rmSync(join(incomplete, 'order.cdx.json'));
  const { status, stderr } = script('files', [version, '--push'], { ...settings(join(place, 'incomplete'), incomplete), CARTWRIGHT_REGISTRY: 'localhost:1/none' });
  assert.equal(status, 1);
  assert.match(stderr, /a release without order\.cdx\.json is none/);
});
