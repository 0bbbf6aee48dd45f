// The shop of docker-compose.yml is brought to other images and back (deploy/compose/upgrade.sh), while shoppers shop. Run by
// tests/integration/with_compose.sh.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { underLoad } from '../cluster/load.mjs';

const run = promisify(execFile);
const project = process.env.COMPOSE_PROJECT_NAME ?? '';
const processes = ['identity', 'catalog', 'cart', 'order', 'wallet', 'gateway'];
const images = [...processes, 'setup', 'postgres'];
const first = process.env.CARTWRIGHT_TAG ?? 'dev';
const second = `${first}-${project}`;

/** @param {string[]} args */
const docker = async (...args) => (await run('docker', args)).stdout.trim();
/** @param {string[]} args */
const upgrade = (...args) => run(new URL('../../deploy/compose/upgrade.sh', import.meta.url).pathname, args);

/** What the processes run, by container. */
async function running() {
  const ids = (await docker('ps', '-q', '--filter', `label=com.docker.compose.project=${project}`)).split('\n');
  const all = JSON.parse(await docker('inspect', ...ids));
  return Object.fromEntries(all.map((/** @type {any} */ { Id, Config }) => [Id, Config.Image])
    .filter(([, image]) => processes.some((process) => image.startsWith(`cartwright/${process}:`))).sort());
}

before(() => Promise.all(images.map((image) => docker('tag', `cartwright/${image}:${first}`, `cartwright/${image}:${second}`))));
after(() => docker('rmi', ...images.map((image) => `cartwright/${image}:${second}`)));

test('a tag that is nowhere is refused, and changes nothing', async () => {
  const was = await running();
  await assert.rejects(upgrade('nowhere'), /there is no cartwright\/identity:nowhere/);
  await assert.rejects(upgrade('-x'), /not '-x'/);
  assert.deepEqual(await running(), was);
});

for (const [what, tag, ...more] of [['an upgrade', second], ['a rollback', first, '--rollback']]) {
  test(`${what} replaces every process, and loses no order`, async () => {
    const was = await running();
    // Calls fail while a process has no other to stand in for it; nothing that was promised is lost (load.mjs asks the books).
    await underLoad(what, () => upgrade(tag, ...more));
    const is = await running();
    assert.deepEqual(Object.values(is).sort(), processes.map((process) => `cartwright/${process}:${tag}`).sort());
    assert.deepEqual(Object.keys(is).filter((id) => id in was), []);
  });
}
