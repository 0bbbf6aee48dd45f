// What the database's chart makes of single values.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { objectsOf, readYaml, root, withValues } from './helm.mjs';

/** The objects of the minimal values with some more. @param {object} values @returns {any[]} */
function rendered(values) {
  const { stdout, stderr, status } = withValues('database', values);
  assert.equal(status, 0, stderr);
  return objectsOf(stdout);
}

/** @param {object} networkPolicy @returns {any[]} the rules of egress */
const egressOf = (networkPolicy) => rendered({ networkPolicy }).find((object) => object.kind === 'NetworkPolicy').spec.egress;

test('the database reaches no metadata of a cloud, however large its networks are', () => {
  /** @param {string[]} cidrs */
  const blocks = (...cidrs) => egressOf({ objectStore: { cidrs } }).at(-1).to.map((/** @type {any} */ { ipBlock }) => ipBlock);
  const around = ['0.0.0.0/0', '128.0.0.0/1', '169.0.0.0/8', '169.254.0.0/15'];
  assert.deepEqual(blocks(...around), around.map((cidr) => ({ cidr, except: ['169.254.0.0/16'] })));
  assert.deepEqual(blocks('::/0', '2000::/0'), ['::/0', '2000::/0'].map((cidr) => ({ cidr, except: ['fe80::/10', 'fd00:ec2::254/128'] })));
  const others = ['10.0.0.0/8', '0.0.0.0/1', '168.0.0.0/8', '169.252.0.0/15', '169.253.0.0/16', '192.0.2.1/32', '2000::/3', '2001:db8::1/128', 'fd12:3456::/32'];
  assert.deepEqual(blocks(...others), others.map((cidr) => ({ cidr })));
});

test('DNS on nodes is reached by its address', () => {
  const [dns] = egressOf({ dns: { cidrs: ['169.254.20.10/32'], ports: [53, 5353] } });
  assert.deepEqual(dns.ports, [53, 5353].flatMap((port) => ['UDP', 'TCP'].map((protocol) => ({ port, protocol }))));
  assert.deepEqual(dns.to.map((/** @type {any} */ peer) => peer.ipBlock), [undefined, { cidr: '169.254.20.10/32' }]);
});

test('what is uninstalled leaves the money, with its wall and its backups', () => {
  const objects = rendered({ monitoring: { podMonitor: true, rules: true } });
  const kept = objects.filter((object) => object.metadata.annotations?.['helm.sh/resource-policy'] === 'keep').map((object) => object.kind);
  assert.deepEqual(kept.sort(), ['Cluster', 'NetworkPolicy', 'ObjectStore', 'ScheduledBackup']);
  // Backups are those of the cluster, not of the schedule.
  assert.equal(objects.find((object) => object.kind === 'ScheduledBackup').spec.backupOwnerReference, 'cluster');
});

test('no command of the documents takes an instance by its number for the primary', () => {
  for (const path of ['k8s/README.md', 'docs/aws.md', 'docs/runbooks/alerts.md']) {
    const commands = readFileSync(join(root, path), 'utf8').split('\n').filter((line) => /kubectl .*\b(exec|logs)\b/.test(line));
    assert.deepEqual(commands.filter((line) => /[ /]cartwright-db(-\d+)+ -c\b/.test(line)), [], path);
  }
});

test('a setting is made by the chart or by its user, never by both', () => {
  const refused = JSON.parse(readFileSync(join(root, 'k8s/data/values.schema.json'), 'utf8')).properties.parameters.propertyNames.not.enum;
  const { parameters } = rendered({}).find((object) => object.kind === 'Cluster').spec.postgresql;
  const given = Object.keys(readYaml('k8s/data/values.yaml').parameters);
  assert.deepEqual(Object.keys(parameters).filter((name) => given.includes(name) === refused.includes(name)), []);
});

test('what is good is not refused', () => {
  for (const values of [
    ...['*/30 0 1 * * *', '0 0 1,13 * * ?', '0 59 23 1-15/2 JAN-MAR MON-FRI', '0 0 */6 ? * SUN'].map((schedule) => ({ backup: { schedule } })),
    ...['2028-02-29 00:00:00Z', '2026-11-27T10:15:00.5+0100', '2026-12-31 23:59:59-03:30', ''].map((targetTime) => ({ name: 'other', restore: { enabled: true, from: 'cartwright-db', targetTime } })),
    ...['15', '15.14', '15.14-system-trixie', '15-202611280812-bookworm'].map((tag) => ({ image: `localhost:5000/postgresql:${tag}@sha256:${'0'.repeat(64)}` })),
    { parameters: { shared_buffers: '1GB', ssl_min_protocol_version: 'TLSv1.2', autovacuum_naptime: '20s' } },
    { parameters: { shared_buffers: '131072kB' }, resources: { requests: { memory: '128Mi' }, limits: { memory: '256Mi' } } },
    { backup: { destination: 's3://cartwright-backups-111122223333' } },
  ]) rendered(values);
});
