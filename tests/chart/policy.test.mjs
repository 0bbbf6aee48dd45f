// What must be true of everything that the charts render, whatever the values.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readYaml, render, valueSets, withValues, objectsOf } from './helm.mjs';

/** @type {Record<string, string[]>} */
const graph = readYaml('k8s/chart/files/call-graph.yaml');
const services = Object.keys(graph);
const processes = [...services, 'gateway'];
const flushSeconds = 2;
// CoreDNS, as most clusters have it, answers for so long what it knew before.
const dnsSeconds = 30;
const startSeconds = 60;

/** @param {any[]} objects @param {string} kind */
const ofKind = (objects, kind) => objects.filter((object) => object.kind === kind);
/** @param {any} object */
const called = (object) => `${object.kind} ${object.metadata.name}`;
/** Pods and what makes them, as [object, pod spec, pod metadata]. @param {any[]} objects @returns {[any, any, any][]} */
const podsOf = (objects) =>
  objects.flatMap((object) => {
    if (object.kind === 'Pod') return [[object, object.spec, object.metadata]];
    const template = object.spec?.template;
    return ['Deployment', 'Job'].includes(object.kind) ? [[object, template.spec, template.metadata]] : [];
  });
/** @param {any} container @param {string} name */
const flag = (container, name) =>
  container.args.find((/** @type {string} */ word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
/** @param {Record<string, string>} selector @param {Record<string, string>} labels */
const fits = (selector, labels) => Object.entries(selector).every(([key, value]) => labels[key] === value);

/** Whom a policy names. @param {any} policy @returns {any[]} */
const peersOf = ({ spec }) => [...(spec.ingress ?? []), ...(spec.egress ?? [])].flatMap((/** @type {any} */ rule) => rule.from ?? rule.to);

/** Who may open which connections: "caller>callee:port" of the ingress, or of the egress rules. @param {any[]} objects @param {'ingress' | 'egress'} direction */
function edges(objects, direction) {
  const pods = new Map(ofKind(objects, 'Deployment').map((object) => [object.metadata.name, object.spec.template.metadata.labels]));
  const found = new Set();
  for (const policy of ofKind(objects, 'NetworkPolicy')) {
    const own = policy.spec.podSelector.matchLabels;
    for (const rule of policy.spec[direction] ?? []) {
      for (const { podSelector, namespaceSelector } of rule[direction === 'ingress' ? 'from' : 'to'] ?? []) {
        if (!podSelector || namespaceSelector) continue;
        for (const [name, labels] of pods) {
          for (const [other, otherLabels] of pods) {
            if (!fits(own, labels) || !fits(podSelector.matchLabels, otherLabels)) continue;
            for (const { port } of rule.ports) {
              found.add(direction === 'ingress' ? `${other}>${name}:${port}` : `${name}>${other}:${port}`);
            }
          }
        }
      }
    }
  }
  return [...found].sort();
}

const callGraph = services
  .flatMap((service) => graph[service].filter((caller) => caller !== 'operator').map((caller) => `${caller}>${service}:grpc`))
  .sort();

for (const kind of /** @type {const} */ (['app', 'database'])) {
  for (const { name, path } of valueSets(kind)) {
    const objects = render(kind, [path]);
    const values = readYaml(path.slice(path.indexOf(name.includes('k8s_') ? 'k8s/' : 'tests/')));

    test(`${name}: no object holds a secret, and every object is in the release's namespace`, () => {
      assert.deepEqual(ofKind(objects, 'Secret'), []);
      for (const object of objects) assert.equal(object.metadata.namespace, 'shop', called(object));
      assert.doesNotMatch(JSON.stringify(objects), /postgres(ql)?:\/\/|BEGIN [A-Z ]*PRIVATE KEY/);
    });

    test(`${name}: pods are restricted, have no token, and are never best effort`, () => {
      for (const [object, pod] of podsOf(objects)) {
        const what = called(object);
        assert.equal(pod.automountServiceAccountToken, false, what);
        assert.equal(pod.enableServiceLinks, false, what);
        assert.equal(pod.securityContext.runAsNonRoot, true, what);
        assert.equal(pod.securityContext.runAsUser, 65532, what);
        assert.deepEqual(pod.securityContext.seccompProfile, { type: 'RuntimeDefault' }, what);
        for (const key of ['hostNetwork', 'hostPID', 'hostIPC']) assert.equal(pod[key], undefined, what);
        for (const container of [...pod.containers, ...(pod.initContainers ?? [])]) {
          assert.deepEqual(container.securityContext,
            { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } }, what);
          assert.ok(container.resources.requests.cpu && container.resources.requests.memory, what);
          assert.ok(container.resources.limits.memory, what);
          assert.equal(container.resources.limits.cpu, undefined, what);
          for (const part of ['requests', 'limits']) assert.ok(container.resources[part]['ephemeral-storage'], what);
        }
        for (const volume of pod.volumes) {
          assert.equal(volume.hostPath, undefined, what);
          if (volume.emptyDir) assert.ok(volume.emptyDir.sizeLimit, what);
        }
      }
    });

    test(`${name}: what is mounted is a volume, and every volume is mounted`, () => {
      for (const [object, pod] of podsOf(objects)) {
        const mounted = pod.containers.flatMap((/** @type {any} */ container) => container.volumeMounts.map((/** @type {any} */ mount) => mount.name));
        assert.deepEqual([...new Set(mounted)].sort(), pod.volumes.map((/** @type {any} */ volume) => volume.name).sort(), called(object));
      }
    });

    test(`${name}: hooks need nothing that the release makes later`, () => {
      const made = new Set(objects.filter((object) => !object.metadata.annotations?.['helm.sh/hook']).map(called));
      for (const [object, pod] of podsOf(objects)) {
        if (!/pre-install/.test(object.metadata.annotations?.['helm.sh/hook'] ?? '')) continue;
        assert.ok(!made.has(`ServiceAccount ${pod.serviceAccountName}`), called(object));
        for (const volume of pod.volumes) {
          for (const { secret, configMap } of [volume, ...(volume.projected?.sources ?? [])]) {
            const [wanted] = [secret?.secretName ?? secret?.name ?? configMap?.name].filter(Boolean);
            const certificates = ofKind(objects, 'Certificate').map((certificate) => certificate.spec.secretName);
            assert.ok(!made.has(`ConfigMap ${wanted}`) && !certificates.includes(wanted), `${called(object)} needs ${wanted}`);
          }
        }
      }
    });

    if (kind === 'database') databaseRules(name, objects);
    else for (const rules of [identityRules, lifeRules, networkRules, scalingRules]) rules(name, objects, values);
  }
}

/** Who a process is. @param {string} name @param {any[]} objects @param {any} values */
function identityRules(name, objects, values) {
  const deployments = ofKind(objects, 'Deployment');

  test(`${name}: six processes, each with its own account, service and certificate`, () => {
    assert.deepEqual(deployments.map((object) => object.metadata.name).sort(), [...processes].sort());
    for (const deployment of deployments) {
      const { name: process } = deployment.metadata;
      assert.equal(deployment.spec.template.spec.serviceAccountName, process);
      const service = ofKind(objects, 'Service').find((object) => object.metadata.name === process);
      assert.ok(fits(service.spec.selector, deployment.spec.template.metadata.labels));
      assert.equal(service.spec.clusterIP, process === 'gateway' ? undefined : 'None');
      const certificate = ofKind(objects, 'Certificate').find((object) => object.metadata.name === process);
      if (values.certificates?.mode === 'Existing') assert.equal(certificate, undefined);
      else {
        assert.deepEqual(certificate.spec.uris, [`spiffe://cartwright/${process}`]);
        assert.deepEqual(certificate.spec.dnsNames, [process]);
        assert.equal(certificate.spec.secretName, `${process}-tls`);
      }
    }
    const accounts = ofKind(objects, 'ServiceAccount');
    assert.deepEqual(accounts.map((object) => object.metadata.name).sort(), [...processes].sort());
    for (const account of accounts) assert.equal(account.automountServiceAccountToken, false);
    for (const forbidden of ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding', 'CustomResourceDefinition']) {
      assert.deepEqual(ofKind(objects, forbidden), []);
    }
  });

  test(`${name}: every process has its own pair, and all trust the same`, () => {
    const { configMap } = values.certificates?.authorities ?? {};
    for (const { metadata, spec: { template: { spec } } } of deployments) {
      const volume = spec.volumes.find((/** @type {any} */ each) => each.name === 'tls');
      if (!configMap) assert.equal(volume.secret.secretName, `${metadata.name}-tls`);
      else {
        assert.deepEqual(volume.projected.sources, [
          { secret: { name: `${metadata.name}-tls`, items: ['tls.crt', 'tls.key'].map((file) => ({ key: file, path: file })) } },
          { configMap: { name: configMap, items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        ]);
      }
    }
  });

  test(`${name}: the selector never changes`, () => {
    for (const deployment of deployments) {
      assert.deepEqual(deployment.spec.selector.matchLabels,
        { 'app.kubernetes.io/name': deployment.metadata.name, 'app.kubernetes.io/instance': 'cartwright' });
    }
  });

}

/** How a process begins and ends. @param {string} name @param {any[]} objects @param {any} values */
function lifeRules(name, objects, values) {
  const deployments = ofKind(objects, 'Deployment');

  test(`${name}: the grace period is longer than the drain`, () => {
    for (const { metadata, spec: { template: { spec } } } of deployments) {
      const [container] = spec.containers;
      const needed = container.lifecycle.preStop.sleep.seconds + Number(flag(container, 'drain_notice_s')) +
        Number(flag(container, 'drain_timeout_s')) + flushSeconds;
      assert.ok(spec.terminationGracePeriodSeconds > needed, `${metadata.name}: ${spec.terminationGracePeriodSeconds} <= ${needed}`);
    }
  });

  test(`${name}: callers have heard of a new pod when an old one goes`, () => {
    for (const { metadata, spec } of deployments) {
      assert.ok(spec.minReadySeconds > dnsSeconds, `${metadata.name}: ${spec.minReadySeconds}`);
      assert.ok(spec.progressDeadlineSeconds > spec.minReadySeconds + startSeconds, metadata.name);
    }
  });

  test(`${name}: migrations run before anything else, as the owner, and may reach the database`, () => {
    const jobs = ofKind(objects, 'Job');
    assert.deepEqual(jobs.map((job) => job.metadata.name), values.migrations?.enabled === false ? [] : ['identity', 'catalog', 'cart', 'order', 'wallet'].map((service) => `${service}-migrate`));
    for (const job of jobs) {
      assert.equal(job.metadata.annotations['helm.sh/hook'], 'pre-install,pre-upgrade');
      const [{ secret }] = job.spec.template.spec.volumes.find((/** @type {any} */ volume) => volume.name === 'database').projected.sources;
      assert.match(secret.name, /-owner$/);
    }
    // Nobody else has what the owner of a schema signs in with.
    for (const { metadata, spec } of deployments) assert.doesNotMatch(JSON.stringify(spec.template.spec.volumes), /-owner"/, metadata.name);
  });

  test(`${name}: probes ask the plain port, and liveness never the database`, () => {
    for (const deployment of deployments) {
      const [container] = deployment.spec.template.spec.containers;
      const ports = Object.fromEntries(container.ports.map((/** @type {any} */ port) => [port.name, port.containerPort]));
      assert.equal(flag(container, 'ops_listen'), `0.0.0.0:${ports.ops}`);
      assert.equal(flag(container, deployment.metadata.name === 'gateway' ? 'http_listen' : 'listen'), `0.0.0.0:${ports.grpc ?? ports.http}`);
      assert.deepEqual(['startupProbe', 'livenessProbe', 'readinessProbe'].map((probe) => container[probe].httpGet),
        ['/livez', '/livez', '/readyz'].map((path) => ({ path, port: 'ops' })));
    }
  });

}

/** Who reaches whom. @param {string} name @param {any[]} objects @param {any} values */
function networkRules(name, objects, values) {
  const deployments = ofKind(objects, 'Deployment');

  test(`${name}: at most one way in`, () => {
    const ways = [...ofKind(objects, 'Ingress'), ...ofKind(objects, 'HTTPRoute')].map((object) => object.kind);
    assert.deepEqual(ways, [values.expose?.kind ?? 'None'].filter((kind) => kind !== 'None'));
  });

  test(`${name}: processes know whom they call, and nobody else`, () => {
    for (const deployment of deployments) {
      const { name: process } = deployment.metadata;
      const [container] = deployment.spec.template.spec.containers;
      const known = (flag(container, process === 'gateway' ? 'backends' : 'peers') ?? '').split(',').filter(Boolean);
      const called = services.filter((service) => graph[service].includes(process));
      assert.deepEqual(known.sort(), called.map((service) => `${service}=${service}:9000`).sort(), process);
    }
  });

  test(`${name}: network edges are the call graph`, () => {
    const policies = ofKind(objects, 'NetworkPolicy');
    if (values.networkPolicy?.enabled === false) return assert.deepEqual(policies, []);
    for (const policy of policies) assert.deepEqual(policy.spec.policyTypes, ['Ingress', 'Egress'], called(policy));
    assert.deepEqual(edges(objects, 'ingress').filter((edge) => edge.endsWith(':grpc')), callGraph);
    assert.deepEqual(edges(objects, 'egress').filter((edge) => edge.endsWith(':grpc')), callGraph);
    const denied = policies.find((policy) => policy.metadata.name === 'default-deny');
    assert.equal(denied.spec.ingress ?? denied.spec.egress, undefined);
    for (const [object, , { labels }] of podsOf(objects)) {
      assert.ok(fits(denied.spec.podSelector.matchLabels, labels), `${called(object)} is not denied`);
      const database = policies
        .filter((policy) => fits(policy.spec.podSelector.matchLabels, labels))
        .flatMap((policy) => policy.spec.egress ?? [])
        .some((rule) => rule.ports.some((/** @type {any} */ { port }) => port === (values.database?.port ?? 5432)));
      assert.equal(database, ['service', 'migration'].includes(labels['app.kubernetes.io/component']), `${called(object)} and the database`);
    }
    const outside = policies.filter((policy) => (policy.spec.egress ?? []).some((/** @type {any} */ rule) => rule.ports.some((/** @type {any} */ { port }) => port === 443)));
    assert.deepEqual(outside.map((policy) => policy.metadata.name), values.services?.identity?.identityProviders ? ['identity'] : [], 'who reaches providers');
    for (const peer of policies.flatMap(peersOf)) assert.ok(Object.keys(peer ?? {}).length > 0, 'a peer is somebody');
    assert.ok(!policies.some((policy) => (policy.spec.egress ?? []).some((/** @type {any} */ rule) => !rule.to || !rule.ports)), 'egress to anywhere');
    assert.ok(!policies.some((policy) => (policy.spec.ingress ?? []).some((/** @type {any} */ rule) => !rule.from || !rule.ports)), 'ingress from anywhere');
  });

}

/** How many there are. @param {string} name @param {any[]} objects */
function scalingRules(name, objects) {
  const deployments = ofKind(objects, 'Deployment');

  test(`${name}: replicas belong to the deployment or to the autoscaler; a budget leaves one to evict`, () => {
    for (const deployment of deployments) {
      const { name: process } = deployment.metadata;
      const scaler = ofKind(objects, 'HorizontalPodAutoscaler').find((object) => object.metadata.name === process);
      assert.notEqual(scaler === undefined, deployment.spec.replicas === undefined, process);
      const least = scaler?.spec.minReplicas ?? deployment.spec.replicas;
      const budget = ofKind(objects, 'PodDisruptionBudget').find((object) => object.metadata.name === process);
      assert.equal(budget !== undefined, least >= 2, process);
      if (budget) assert.deepEqual([budget.spec.maxUnavailable, budget.spec.unhealthyPodEvictionPolicy], [1, 'AlwaysAllow']);
      assert.deepEqual(deployment.spec.template.spec.topologySpreadConstraints.map((/** @type {any} */ constraint) => constraint.topologyKey),
        ['topology.kubernetes.io/zone', 'kubernetes.io/hostname']);
    }
  });
}

/** Rules of the database's chart. @param {string} name @param {any[]} objects */
function databaseRules(name, objects) {
  const [cluster] = ofKind(objects, 'Cluster');

  test(`${name}: roles have no rights of their own, and fit the server`, () => {
    const roles = cluster.spec.managed.roles;
    assert.equal(roles.length, 10);
    for (const role of roles) {
      for (const right of ['superuser', 'createdb', 'createrole', 'replication', 'bypassrls']) assert.equal(role[right], false, role.name);
      assert.ok(role.passwordSecret.name, role.name);
    }
    const connections = roles.reduce((/** @type {number} */ sum, /** @type {any} */ role) => sum + role.connectionLimit, 0);
    assert.ok(connections + 10 <= Number(cluster.spec.postgresql.parameters.max_connections));
  });

  test(`${name}: what was acknowledged is on a standby, and a failover keeps it`, () => {
    if (cluster.spec.instances === 1) return;
    assert.equal(cluster.spec.postgresql.synchronous.dataDurability, 'required');
    assert.ok(cluster.spec.postgresql.synchronous.number < cluster.spec.instances);
  });

  test(`${name}: backups come with an archive`, () => {
    const [schedule] = ofKind(objects, 'ScheduledBackup');
    const [store] = ofKind(objects, 'ObjectStore');
    assert.equal(schedule === undefined, store === undefined);
    assert.equal(cluster.spec.plugins?.[0].parameters.barmanObjectName, store?.metadata.name);
    if (schedule) assert.equal(schedule.spec.cluster.name, cluster.metadata.name);
  });

  test(`${name}: only services, migrations and instances reach Postgres`, () => {
    const [policy] = ofKind(objects, 'NetworkPolicy');
    if (!policy) return;
    const peers = policy.spec.ingress
      .filter((/** @type {any} */ rule) => rule.ports.some((/** @type {any} */ { port }) => port === 5432))
      .flatMap((/** @type {any} */ rule) => rule.from);
    assert.deepEqual(peers, [
      {
        podSelector: {
          matchLabels: { 'app.kubernetes.io/part-of': 'cartwright' },
          matchExpressions: [{ key: 'app.kubernetes.io/component', operator: 'In', values: ['service', 'migration'] }],
        },
      },
      { podSelector: { matchLabels: { 'cnpg.io/cluster': cluster.metadata.name } } },
    ]);
  });
}

test('DNS is where the values say, on all its ports', () => {
  const [set] = valueSets('app').filter(({ name }) => name === 'app-node-dns');
  const policies = ofKind(render('app', [set.path]), 'NetworkPolicy').filter(({ spec }) => spec.egress);
  assert.equal(policies.length, 7);
  for (const { metadata, spec } of policies) {
    const [{ ports, to }] = spec.egress;
    assert.deepEqual(ports, [53, 5353].flatMap((port) => ['UDP', 'TCP'].map((protocol) => ({ port, protocol }))), metadata.name);
    assert.deepEqual(to, [
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
        podSelector: { matchLabels: { 'dns.operator.openshift.io/daemonset-dns': 'default' } },
      },
      { ipBlock: { cidr: '169.254.20.10/32' } },
    ], metadata.name);
  }
});

test('a scraper that is known by its pods alone is one of this namespace', () => {
  const { stdout } = withValues('app', { networkPolicy: { metrics: { namespaceLabels: { 'kubernetes.io/metadata.name': null }, podLabels: { app: 'prometheus' } } } });
  for (const name of processes) {
    const { spec } = objectsOf(stdout).find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === name);
    const rule = spec.ingress.find((/** @type {any} */ { ports }) => ports[0].port === 'ops');
    assert.deepEqual(rule?.from, [{ podSelector: { matchLabels: { app: 'prometheus' } } }], name);
  }
});

test('one changed value rolls the pods of its users alone', () => {
  const templates = (/** @type {object} */ values) => {
    const { stdout, stderr, status } = withValues('app', values);
    assert.equal(status, 0, stderr);
    return new Map(ofKind(objectsOf(stdout), 'Deployment').map((object) => [object.metadata.name, JSON.stringify(object.spec.template)]));
  };
  const before = templates({});
  for (const [values, rolled] of /** @type {[object, string[]][]} */ ([
    [{}, []],
    [{ services: { cart: { databaseWorkers: 5 } } }, ['cart']],
    [{ services: { wallet: { secrets: { revision: 'b' } } } }, ['wallet']],
    [{ gateway: { settings: { cacheMib: 65 } } }, ['gateway']],
    [{ gateway: { autoscaling: { maxReplicas: 9 } }, monitoring: { serviceMonitor: true } }, []],
    [{ publicUrl: 'http://localhost:8081' }, ['gateway', 'identity']],
    [{ logLevel: 'debug' }, [...processes]],
  ])) {
    const after = templates(values);
    assert.deepEqual([...after.keys()].filter((name) => after.get(name) !== before.get(name)).sort(), rolled.sort(), JSON.stringify(values));
  }
});
