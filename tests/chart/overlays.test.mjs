// The overlays are for the namespaces that k8s/README.md makes Secrets and a database in.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { readYaml, root } from './helm.mjs';

const section = readFileSync(join(root, 'k8s/README.md'), 'utf8').split(/^### With kustomize$/m)[1];
const said = [...section.matchAll(/^OVERLAY=(\w+) NAMESPACE=(\S+)/gm)].map(([, overlay, namespace]) => ({ overlay, namespace }));

test('there are two', () => assert.deepEqual(said.map(({ overlay }) => overlay), ['prod', 'dev']));

for (const { overlay, namespace } of said) {
  test(`${overlay} is for ${namespace}, and its database's values are there`, () => {
    const { namespace: own, helmCharts: [chart] } = readYaml(`k8s/overlays/${overlay}/kustomization.yaml`);
    assert.deepEqual([own, chart.namespace, chart.releaseName], [namespace, namespace, 'cartwright']);
    assert.ok(readYaml(`k8s/overlays/${overlay}/database-values.yaml`).image);
  });
}
