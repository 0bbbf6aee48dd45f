// Every set of values renders for every version of Kubernetes and passes lint; every bad one is refused, and the
// refusal says which key is wrong.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { charts, helm, objectsOf, readYaml, root, template, valueSets, versions, withValues } from './helm.mjs';

for (const kind of /** @type {const} */ (['app', 'database'])) {
  for (const { name, path } of valueSets(kind)) {
    test(`${name} passes lint`, () => {
      const { status, stdout, stderr } = helm('lint', '--strict', '--quiet', charts[kind], '--values', path);
      assert.equal(status, 0, stdout + stderr);
    });

    for (const version of versions) {
      test(`${name} renders for Kubernetes ${version}`, () => {
        const { status, stdout, stderr } = template(kind, [path], version);
        assert.equal(status, 0, stderr);
        assert.equal(stderr, '');
        assert.ok(objectsOf(stdout).length > 0);
        if (version === versions[0]) assert.equal(template(kind, [path], version).stdout, stdout, 'twice is not the same');
        if (process.env.RENDERED) writeFileSync(join(process.env.RENDERED, `${name}@${version}.yaml`), stdout);
      });
    }
  }

  for (const { names, values } of readYaml('tests/chart/bad_values.yaml')[kind]) {
    test(`${kind}: ${JSON.stringify(values)} is refused and names ${names}`, () => {
      const { status, stderr } = withValues(kind, values);
      assert.notEqual(status, 0, 'it was rendered');
      assert.ok(stderr.includes(names), stderr);
    });
  }
}

test('what k8s/README.md sets to scale fits', () => {
  const [, section] = readFileSync(join(root, 'k8s/README.md'), 'utf8').split(/^## Scale$/m);
  const sets = [...section.split(/^## /m)[0].matchAll(/--set (services\.\S+)/g)].map(([, assignment]) => assignment);
  assert.ok(sets.length > 0);
  const [{ path }] = valueSets('app').filter(({ name }) => name === 'app-minimal');
  for (const set of sets) {
    const { status, stderr } = helm('template', 'cartwright', charts.app, '--kube-version', versions[0], '--values', path, '--set', set);
    assert.equal(status, 0, stderr);
  }
});

test('on EKS the database can be in the cluster, too', () => {
  const [rds] = valueSets('app').filter(({ path }) => path.includes('k8s/aws/'));
  const { status, stderr } = template('app', [rds.path, join(root, 'k8s/aws/with-cnpg.yaml')]);
  assert.equal(status, 0, stderr);
});
