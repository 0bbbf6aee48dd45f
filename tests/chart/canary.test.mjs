// A new version in steps: what makes the pods, what is measured, and that nothing of it is there unless it is asked for.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { objectsOf, readYaml, render, valueSets, withValues } from './helm.mjs';

/** @param {any[]} objects @param {string} kind */
const ofKind = (objects, kind) => objects.filter((object) => object.kind === kind);

for (const { name, path } of valueSets('app')) {
  const objects = render('app', [path]);
  const deployments = ofKind(objects, 'Deployment');
  const scalers = ofKind(objects, 'HorizontalPodAutoscaler');
  const canary = readYaml(path.slice(path.indexOf(name.includes('k8s_') ? 'k8s/' : 'tests/'))).rollout?.canary?.enabled;

  if (!canary) {
    test(`${name}: Deployments make their pods themselves`, () => {
      assert.deepEqual([...ofKind(objects, 'Rollout'), ...ofKind(objects, 'AnalysisTemplate')], []);
      for (const { spec } of scalers) assert.equal(spec.scaleTargetRef.kind, 'Deployment');
    });
    continue;
  }

  test(`${name}: a Rollout makes the pods of each Deployment, as many as its autoscaler says`, () => {
    const rollouts = ofKind(objects, 'Rollout');
    assert.deepEqual(rollouts.map(({ metadata }) => metadata.name), deployments.map(({ metadata }) => metadata.name));
    for (const { metadata, spec } of rollouts) {
      const deployment = deployments.find((each) => each.metadata.name === metadata.name);
      assert.deepEqual(spec.workloadRef, { apiVersion: 'apps/v1', kind: 'Deployment', name: metadata.name, scaleDown: 'onsuccess' });
      assert.deepEqual([spec.replicas, deployment.spec.replicas, spec.template, spec.selector], [undefined, undefined, undefined, undefined]);
      for (const key of ['minReadySeconds', 'progressDeadlineSeconds', 'revisionHistoryLimit']) assert.equal(spec[key], deployment.spec[key], key);
      const { maxSurge, maxUnavailable } = spec.strategy.canary;
      assert.deepEqual({ maxSurge, maxUnavailable }, deployment.spec.strategy.rollingUpdate);
      const scaler = scalers.find((each) => each.metadata.name === metadata.name);
      assert.deepEqual(scaler.spec.scaleTargetRef, { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: metadata.name });
    }
  });

  test(`${name}: every step is watched, and what never gets ready ends it, too`, () => {
    for (const { spec } of ofKind(objects, 'Rollout')) {
      const { steps, analysis } = spec.strategy.canary;
      assert.equal(spec.progressDeadlineAbort, true);
      assert.deepEqual(steps.filter((/** @type {any} */ _, /** @type {number} */ i) => i % 2 === 0).map((/** @type {any} */ step) => step.setWeight), [5, 25, 50]);
      for (const { pause } of steps.filter((/** @type {any} */ _, /** @type {number} */ i) => i % 2 === 1)) assert.match(pause.duration, /^\d+s$/);
      assert.equal(analysis.startingStep, 1);
      const templates = ofKind(objects, 'AnalysisTemplate').map(({ metadata }) => metadata.name);
      for (const { templateName } of analysis.templates) assert.ok(templates.includes(templateName), templateName);
    }
  });

  test(`${name}: answers that nobody gave are no failures, and one failure more than the limit is the end`, () => {
    for (const { metadata, spec } of ofKind(objects, 'AnalysisTemplate')) {
      for (const metric of spec.metrics) {
        assert.equal(metric.failureLimit, 1, metadata.name);
        assert.equal(metric.failureCondition, undefined);
        assert.match(metric.successCondition, /^len\(result\) == 0 \|\| isNaN\(result\[0\]\) \|\| result\[0\] (<|>=) [0-9.]+$/);
        assert.match(metric.provider.prometheus.query, /namespace="shop"/);
      }
    }
  });
}

test('pods are the same with canaries and without, so that turning them on restarts none', () => {
  const templates = (/** @type {boolean} */ enabled) => {
    const { stdout, stderr, status } = withValues('app', { rollout: { canary: { enabled, prometheus: 'http://prometheus:9090' } } });
    assert.equal(status, 0, stderr);
    return ofKind(objectsOf(stdout), 'Deployment').map(({ metadata, spec }) => [metadata.name, spec.template]);
  };
  assert.deepEqual(templates(true), templates(false));
});

test('pods of one generation are spread against each other, whoever makes them', () => {
  for (const { spec } of ofKind(render('app', [valueSets('app')[0].path]), 'Deployment')) {
    for (const { matchLabelKeys } of spec.template.spec.topologySpreadConstraints) {
      assert.deepEqual(matchLabelKeys, ['pod-template-hash', 'rollouts-pod-template-hash']);
    }
  }
});
