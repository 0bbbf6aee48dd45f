// What the images of the six processes hold, and what they do not. With an engine and the images of deploy/images/build.sh;
// DOCKER names another client than `docker`, CARTWRIGHT_TAG another tag than `dev`.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { test } from 'node:test';

const docker = process.env.DOCKER ?? 'docker';
const tag = process.env.CARTWRIGHT_TAG ?? 'dev';
const confined = ['--rm', '--network', 'none', '--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];

/** @param {string[]} args */
const ask = (...args) => execFileSync(docker, args, { encoding: 'utf8', maxBuffer: 1 << 26, stdio: ['ignore', 'pipe', 'ignore'] });

/** Why there is nothing to look into, or nothing. @param {string} image */
function missing(image) {
  const { status, error } = spawnSync(docker, ['image', 'inspect', image], { timeout: 20_000 });
  if (error) return `there is no ${docker}`;
  return status === 0 ? false : `there is no ${image}; deploy/images/build.sh makes it`;
}

/** Every entry of an image's file system: its mode as `ls` writes it, its owner, and its path from the root. @param {string} image */
function entriesOf(image) {
  const container = ask('create', image).trim();
  try {
    const { stdout } = spawnSync('bash', ['-o', 'pipefail', '-c', '"$0" export "$1" | tar -tv --numeric-owner', docker, container],
      { encoding: 'utf8', maxBuffer: 1 << 26 });
    return stdout.trim().split('\n').map((line) => {
      const [mode, owner, , , , ...name] = line.split(/ +/);
      return { mode, owner, path: `/${name.join(' ').replace(/ (->|link to) .*/, '')}` };
    });
  } finally {
    ask('rm', container);
  }
}

for (const process of ['identity', 'catalog', 'cart', 'order', 'wallet', 'gateway']) {
  const image = `cartwright/${process}:${tag}`;
  const skip = missing(image);

  test(`${process}: is nobody, says what it is, and knows whether it is well`, { skip }, () => {
    const [{ Config: config, RootFS: files }] = JSON.parse(ask('image', 'inspect', image));
    assert.equal(config.User, '65532:65532');
    assert.deepEqual(config.Entrypoint, ['/usr/local/bin/entrypoint']);
    assert.deepEqual(config.Healthcheck.Test, ['CMD', '/usr/local/bin/entrypoint', '--probe']);
    assert.equal(files.Layers.length, 1);
    const label = (/** @type {string} */ name) => config.Labels[`org.opencontainers.image.${name}`];
    assert.equal(label('title'), `cartwright/${process}`);
    assert.match(label('version'), /^\d+\.\d+\.\d+/);
    assert.match(label('revision'), /^([0-9a-f]{40}|unknown)$/);
    assert.match(label('created'), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    for (const name of ['description', 'licenses']) assert.ok(label(name), name);
    assert.ok(config.Env.every((/** @type {string} */ each) => !/(PASSWORD|TOKEN|SECRET)=/.test(each)), config.Env.join(' '));
  });

  test(`${process}: one program, its libraries, and nothing that could run another`, { skip }, () => {
    const entries = entriesOf(image);
    // What the engine itself puts into every container.
    const files = entries.filter(({ mode, path }) => mode.startsWith('-') && !/^\/(\.dockerenv$|dev\/|etc\/(hosts|hostname|resolv\.conf)$)/.test(path));
    assert.ok(files.length > 10, 'the image was not read');
    const executable = files.filter(({ mode, path }) => mode.includes('x') && !/\.so(\.[0-9.]+)?$/.test(path));
    assert.deepEqual(executable.map(({ path }) => path), [`/usr/local/bin/${process}`]);
    assert.deepEqual(files.filter(({ path }) => /\/(sh|bash|dash|busybox|apt|apt-get|dpkg|perl|python[\d.]*|curl|wget)$/.test(path)), []);
    for (const { mode, owner, path } of files) {
      assert.doesNotMatch(mode, /[sStT]/, path);
      assert.notEqual(mode[8], 'w', `${path} can be written by anybody`);
      assert.ok(!owner.startsWith('65532/'), `${path} is the process's own`);
    }
  });

  test(`${process}: runs with everything taken away, and no shell does`, { skip }, () => {
    const help = spawnSync(docker, ['run', ...confined, image, '--help'], { encoding: 'utf8' });
    assert.match(help.stdout, /--ops_listen/, help.stderr);
    const shell = spawnSync(docker, ['run', ...confined, '--entrypoint', '/bin/sh', image, '-c', 'true'], { encoding: 'utf8' });
    assert.equal(shell.status, 127);
  });
}
