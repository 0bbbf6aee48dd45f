// pods.mjs: reads Kubernetes objects from stdin and prints the pods that the workloads among them would make.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { parseAllDocuments, stringify } = createRequire(import.meta.url)('yaml');

for (const document of parseAllDocuments(readFileSync(0, 'utf8'))) {
  const object = document.toJS();
  if (!['Deployment', 'Job'].includes(object?.kind)) continue;
  const { metadata, spec } = object.spec.template;
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, name: `${object.metadata.name}-pod`, namespace: object.metadata.namespace },
    // The account is there, or no pod could be; what is asked is the standard.
    spec: { ...spec, serviceAccountName: 'default' },
  };
  // Priority classes are the cluster's.
  delete pod.spec.priorityClassName;
  process.stdout.write(`---\n${stringify(pod)}`);
}
