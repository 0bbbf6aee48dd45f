// What actionlint does not ask of the workflows: least permissions, nobody else's actions, and logic in scripts that exist.

import assert from 'node:assert/strict';
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { root, yaml } from './helm.mjs';

const directory = join(root, '.github/workflows');
const mostLines = 10;

for (const name of readdirSync(directory)) {
  const workflow = yaml.parse(readFileSync(join(directory, name), 'utf8'));
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, /** @type {any} */ job]) => job.steps);

  test(`${name}: nothing is permitted but what a job names`, () => {
    assert.deepEqual(workflow.permissions, {});
    for (const [job, { permissions, 'timeout-minutes': minutes }] of /** @type {[string, any][]} */ (jobs)) {
      assert.ok(permissions && minutes, job);
      const writes = Object.keys(permissions).filter((scope) => permissions[scope] === 'write');
      assert.deepEqual(writes.sort(), name === 'release.yml' && job === 'release' ? ['contents', 'packages'] : [], job);
    }
  });

  test(`${name}: secrets are for single steps, of jobs that only tags may run`, () => {
    const secret = (/** @type {unknown} */ what) => JSON.stringify(what).includes('secrets.');
    assert.ok(!secret([workflow.env, workflow.defaults]));
    for (const [job, { steps: those, environment, ...rest }] of /** @type {[string, any][]} */ (jobs)) {
      assert.ok(!secret(rest), job);
      if (secret(those)) assert.equal(environment, 'release', job);
    }
  });

  test(`${name}: no action of others, no image by tag, and no service`, () => {
    for (const step of steps) assert.ok(!step.uses, step.uses);
    for (const [job, { container, services }] of /** @type {[string, any][]} */ (jobs)) assert.ok(!container && !services, job);
  });

  test(`${name}: logic is in scripts, which exist`, () => {
    for (const { run } of steps) {
      assert.ok(run.trim().split('\n').length <= mostLines, run);
      // What others write (titles, branches) never becomes part of a script.
      assert.doesNotMatch(run, /\$\{\{/);
      for (const [script] of run.matchAll(/(?:deploy\/[\w/.]+\.sh|\.ci\/run)/g)) accessSync(join(root, script), constants.X_OK);
    }
  });

  test(`${name}: nobody works after root in a checkout, which has files then that are root's`, () => {
    for (const [job, { steps: those }] of /** @type {[string, any][]} */ (jobs)) {
      const asRoot = those.map(({ run }) => /^sudo /.test(run));
      assert.ok(!asRoot.includes(true) || !asRoot.includes(false, asRoot.indexOf(true)), job);
    }
  });
}
