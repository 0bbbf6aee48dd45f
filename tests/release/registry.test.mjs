// A release on its whole way: images and charts are pushed to a registry that is started here and wants a password, the files
// are signed and verified, and what comes back by digest is what was built. Skipped, with the reason, where there is no engine,
// no registry (Debian's docker-registry), no Go for helm, or where the images are not built. CARTWRIGHT_REHEARSAL=1 makes
// that a failure.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('../..', import.meta.url));
const processes = ['identity', 'catalog', 'cart', 'order', 'wallet', 'gateway'];
const version = String(/^project\(cartwright VERSION ([\d.]+)/m.exec(readFileSync(join(root, 'CMakeLists.txt'), 'utf8'))?.[1]);
const local = process.env.CARTWRIGHT_TAG ?? 'dev';

/** @param {string} command @param {string[]} words @param {Record<string, string>} [env] */
function run(command, words, env = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, words, { encoding: 'utf8', cwd: root, maxBuffer: 2 ** 26, env: { ...process.env, ...env } });
  return { status: error ? -1 : status, stdout, stderr: stderr ?? String(error) };
}

/** @param {string} command @param {string[]} words @param {Record<string, string>} [env] its output */
function must(command, words, env) {
  const { status, stdout, stderr } = run(command, words, env);
  assert.equal(status, 0, `${command} ${words.join(' ')}: ${stderr}`);
  return stdout.trim();
}

/** Why none of this can be tried here. */
function lacks() {
  if (run('docker', ['info']).status !== 0) return 'no container engine answers';
  if (run('docker', ['image', 'inspect', `cartwright/gateway:${local}`]).status !== 0) return 'there are no images; deploy/images/build.sh makes them';
  for (const [program, ...words] of [['docker-registry', '--help'], ['go', 'version'], ['ssh-keygen', '-?'], ['perl', '-v']]) {
    if (run(program, words).status === -1) return `there is no ${program}`;
  }
  return undefined;
}

const reason = lacks();
assert.ok(!reason || process.env.CARTWRIGHT_REHEARSAL !== '1', reason);

/** Also after a failure before the first test, which has no hooks. @type {(() => void)[]} */
const atTheEnd = [];
process.once('exit', () => atTheEnd.reverse().forEach((undo) => undo()));

/** A port that is free now. @returns {Promise<number>} */
const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    server.close(() => resolve(port));
  });
});

const password = randomBytes(16).toString('hex');
const authorization = { authorization: `Basic ${Buffer.from(`releaser:${password}`).toString('base64')}` };

/** A registry with one user. @param {string} place a directory @returns {Promise<string>} its address */
async function startRegistry(place) {
  const salt = `$2b$05$${randomBytes(11).toString('hex')}`;
  writeFileSync(join(place, 'people'), `releaser:${must('perl', ['-e', 'print crypt($ARGV[0], $ARGV[1])', password, salt])}\n`);
  const address = `localhost:${await freePort()}`;
  writeFileSync(join(place, 'registry.yaml'), `version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: ${join(place, 'store')}}}
http: {addr: "${address}"}
auth: {htpasswd: {realm: rehearsal, path: ${join(place, 'people')}}}
`);
  const child = spawn('docker-registry', ['serve', join(place, 'registry.yaml')], { stdio: 'ignore' });
  child.unref();
  atTheEnd.push(() => child.kill());
  const deadline = Date.now() + 60_000;
  while (!(await fetch(`http://${address}/v2/`, { headers: authorization }).catch(() => undefined))?.ok) {
    assert.ok(Date.now() < deadline && child.exitCode === null, 'the registry does not answer');
  }
  return address;
}

/** Makes a release of the images, with a key of its own. */
async function makeRelease() {
  const place = mkdtempSync(join(tmpdir(), 'rehearsal-'));
  atTheEnd.push(() => rmSync(place, { recursive: true }));
  const address = await startRegistry(place);
  const registry = `${address}/shop/cartwright`;
  atTheEnd.push(() => processes.map((name) => run('docker', ['image', 'rm', `${registry}/${name}:v${version}`])));
  must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(place, 'key')]);
  const files = join(place, 'files');
  const env = {
    CARTWRIGHT_REGISTRY: registry, CARTWRIGHT_REGISTRY_USER: 'releaser', CARTWRIGHT_REGISTRY_TOKEN: password, CARTWRIGHT_TAG: local,
    CARTWRIGHT_RELEASE_FILES: files, CARTWRIGHT_RELEASE_KEY: readFileSync(join(place, 'key'), 'utf8'),
    CARTWRIGHT_RELEASE_PUBLIC_KEY: readFileSync(join(place, 'key.pub'), 'utf8'),
  };
  must('deploy/ci/images.sh', ['--push', `v${version}`], env);
  must('deploy/release/files.sh', [version, '--push'], env);
  must('deploy/release/sign.sh', [], env);
  const images = must('deploy/release/check.sh', [version], env);
  const digests = new Map([...readFileSync(join(files, 'digests.yaml'), 'utf8').matchAll(/^ {4}(\w+): (sha256:[0-9a-f]{64})$/gm)].map(([, name, digest]) => [name, digest]));
  // For who pulls.
  mkdirSync(join(place, 'docker'));
  writeFileSync(join(place, 'docker/config.json'), JSON.stringify({ auths: { [address]: { auth: authorization.authorization.slice('Basic '.length) } } }));
  return { place, address, registry, files, env, images, digests };
}

const kept = join(homedir(), '.docker/config.json');
const keptBefore = existsSync(kept) ? readFileSync(kept, 'utf8') : undefined;
const { place, address, registry, files, env, images, digests } = reason
  ? /** @type {Awaited<ReturnType<typeof makeRelease>>} */ ({}) : await makeRelease();

/** What the registry has, held against its digest. @param {string} name @param {string} kind @param {string} digest */
async function blob(name, kind, digest) {
  const accept = { accept: 'application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json' };
  const answer = await fetch(`http://${address}/v2/shop/cartwright/${name}/${kind}/${digest}`, { headers: { ...authorization, ...accept } });
  assert.equal(answer.status, 200, `${name} ${kind} ${digest}`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (digest.startsWith('sha256:')) assert.equal(`sha256:${createHash('sha256').update(bytes).digest('hex')}`, digest);
  return bytes;
}

test('every image is in the registry by the digest that the release names', { skip: reason }, async () => {
  assert.deepEqual([...digests.keys()].sort(), [...processes].sort());
  for (const [name, digest] of digests) {
    assert.ok(images.includes(`${registry}/${name}@${digest}`), name);
    assert.deepEqual(await blob(name, 'manifests', `v${version}`), await blob(name, 'manifests', digest));
  }
});

test('its contents are those that its bill of materials is about, and that were built', { skip: reason }, async () => {
  for (const [name, digest] of digests) {
    const { config, layers } = JSON.parse(String(await blob(name, 'manifests', digest)));
    const { rootfs, config: { Labels: labels } } = JSON.parse(String(await blob(name, 'blobs', config.digest)));
    const contents = `sha256:${createHash('sha256').update(gunzipSync(await blob(name, 'blobs', layers[0].digest))).digest('hex')}`;
    assert.deepEqual(rootfs.diff_ids, [contents], name);
    const { metadata } = JSON.parse(readFileSync(join(files, `${name}.cdx.json`), 'utf8'));
    assert.equal(metadata.component.properties.find((/** @type {any} */ one) => one.name === 'cartwright:contents').value, contents, name);
    assert.equal(labels['org.opencontainers.image.version'], version);
    assert.equal(must('docker', ['image', 'inspect', `cartwright/${name}:${local}`, '--format', '{{range .RootFS.Layers}}{{.}}{{end}}']), contents, name);
  }
});

test('the engine pulls an image by its digest, and it runs', { skip: reason }, () => {
  const image = `${registry}/order@${digests.get('order')}`;
  must('docker', ['image', 'rm', `${registry}/order:v${version}`]);
  must('docker', ['pull', '-q', image], { DOCKER_CONFIG: join(place, 'docker') });
  assert.match(run('docker', ['run', '--rm', image, '--helpfull']).stdout, /--database_url_file/);
  must('docker', ['image', 'rm', image]);
});

test('the charts are in the registry, with the bytes that were signed, and render by digest', { skip: reason }, () => {
  const helm = join(root, 'build/chart/bin/helm');
  const helmEnv = { HELM_REGISTRY_CONFIG: join(place, 'docker/config.json') };
  const charts = readFileSync(join(files, 'charts.txt'), 'utf8').trim().split('\n');
  assert.equal(charts.length, 2);
  for (const [at, name] of ['cartwright', 'cartwright-data'].entries()) {
    must(helm, ['pull', '--plain-http', `oci://${registry}/charts/${name}`, '--version', version, '--destination', place], helmEnv);
    assert.deepEqual(readFileSync(join(place, `${name}-${version}.tgz`)), readFileSync(join(files, `${name}-${version}.tgz`)), name);
    assert.match(charts[at], new RegExp(`^oci://${registry}/charts/${name}@sha256:[0-9a-f]{64}$`));
  }
  const render = (/** @type {string} */ chart) => run(helm, ['template', 'cartwright', chart, '--plain-http', '--kube-version', '1.33.0',
    '--values', join(files, 'digests.yaml'), '--set', 'publicUrl=https://shop.example.com'], helmEnv);
  const { status, stdout, stderr } = render(charts[0]);
  assert.equal(status, 0, stderr);
  assert.ok(stdout.includes(`app.kubernetes.io/version: "${version}"`));
  assert.notEqual(render(charts[0].replace(/[0-9a-f]{8}$/, '00000000')).status, 0);
});

test('who is not known to the registry pushes nothing, and nobody stays signed in', { skip: reason }, () => {
  const stranger = run('deploy/release/files.sh', [version, '--push'], { ...env, CARTWRIGHT_REGISTRY_TOKEN: 'wrong', CARTWRIGHT_RELEASE_FILES: join(place, 'strange') });
  assert.notEqual(stranger.status, 0);
  assert.equal(existsSync(kept) ? readFileSync(kept, 'utf8') : undefined, keptBefore);
});
