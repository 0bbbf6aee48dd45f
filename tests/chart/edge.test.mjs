// The way in: who knows whom by what when there is TLS between the proxy and the gateway, and that it is plain HTTP where there is
// none.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readYaml, render, valueSets } from './helm.mjs';

for (const { name, path } of valueSets('app')) {
  const objects = render('app', [path]);
  const values = readYaml(path.slice(path.indexOf(name.includes('k8s_') ? 'k8s/' : 'tests/')));
  const tls = values.expose?.tlsToGateway === true;
  /** @param {string} kind @param {string} called */
  const object = (kind, called) => objects.find(({ kind: is, metadata }) => is === kind && metadata.name === called);

  test(`${name}: the gateway speaks ${tls ? 'TLS' : 'plain HTTP'}, and all who come to it know`, () => {
    const { spec: { template: { spec: { containers: [gateway] } } } } = object('Deployment', 'gateway');
    const flags = gateway.args.filter((/** @type {string} */ word) => /^--http_(certificate|key)=/.test(word));
    const files = ['certificate=/etc/cartwright/tls/tls.crt', 'key=/etc/cartwright/tls/tls.key'].map((file) => `--http_${file}`);
    assert.deepEqual(flags, tls ? files : []);
    const [scheme, port] = tls ? ['https', 443] : ['http', 80];
    const service = object('Service', 'gateway');
    assert.deepEqual(service.spec.ports[0], { name: scheme, port, targetPort: 'http', appProtocol: scheme });
    assert.deepEqual(service.metadata.annotations, values.expose?.serviceAnnotations);
    const ingress = object('Ingress', 'gateway');
    if (ingress) assert.deepEqual(ingress.spec.rules[0].http.paths[0].backend.service, { name: 'gateway', port: { name: scheme } });
    const route = object('HTTPRoute', 'gateway');
    if (route) assert.deepEqual(route.spec.rules[0].backendRefs, [{ name: 'gateway', port }]);
    const policy = object('BackendTLSPolicy', 'gateway');
    assert.equal(policy !== undefined, tls && route !== undefined);
    if (policy) {
      assert.deepEqual(policy.spec.targetRefs, [{ group: '', kind: 'Service', name: 'gateway' }]);
      assert.deepEqual(policy.spec.validation, {
        hostname: 'gateway', caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: values.certificates.authorities.configMap }] });
    }
    const shopper = object('Pod', 'shop-test');
    if (!shopper) return;
    const { env, volumeMounts } = shopper.spec.containers[0];
    assert.equal(env.find((/** @type {any} */ each) => each.name === 'SHOP').value, `${scheme}://gateway`);
    assert.equal(env.some((/** @type {any} */ each) => each.name === 'NODE_EXTRA_CA_CERTS'), tls);
    assert.equal(volumeMounts.some((/** @type {any} */ each) => each.mountPath === '/authority'), tls);
    // Of the Secret it has the authority, and not the key.
    const keys = shopper.spec.volumes.flatMap((/** @type {any} */ volume) => (volume.secret?.items ?? []).map((/** @type {any} */ item) => item.key));
    assert.ok(keys.every((/** @type {string} */ key) => key === 'ca.crt'));
    assert.ok(shopper.spec.volumes.every((/** @type {any} */ volume) => !volume.secret || volume.secret.items));
  });
}
