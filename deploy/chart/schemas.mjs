// schemas.mjs OUT SWAGGER [CRD...]: writes the JSON schemas that kubeconform reads, one file per kind,
// `<kind>-<group>-<version>.json`, of a Kubernetes OpenAPI document and of custom resource definitions.
// Unknown fields are refused: a misspelt one would be dropped by the API server in silence.

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { parseAllDocuments } = createRequire(import.meta.url)('yaml');
const [out, swagger, ...crds] = process.argv.slice(2);

/** What the API server takes in more than one form. */
const special = {
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { type: ['string', 'integer'] },
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { type: ['string', 'number'] },
};

/** The same schemas by name. @param {Record<string, any>} schemas */
const strictAll = (schemas) => Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, strict(schema)]));

/** The same schema, without fields that it does not name. @param {any} schema @returns {any} */
function strict(schema) {
  if (typeof schema !== 'object') return schema;
  if (schema['x-kubernetes-int-or-string']) return { type: ['string', 'integer'] };
  const { format, default: _, properties, items, additionalProperties, ...rest } = schema;
  const open = schema['x-kubernetes-preserve-unknown-fields'] || schema['x-kubernetes-embedded-resource'];
  return {
    ...rest,
    ...(items ? { items: strict(items) } : {}),
    ...(properties ? { properties: strictAll(properties), ...(open ? {} : { additionalProperties: false }) } : {}),
    ...(additionalProperties ? { additionalProperties: strict(additionalProperties) } : {}),
  };
}

/** @param {string} kind @param {string} group @param {string} version @param {object} schema */
function write(kind, group, version, schema) {
  const parts = [kind, group.split('.')[0], version].filter(Boolean).map((part) => part.toLowerCase());
  writeFileSync(join(out, `${parts.join('-')}.json`), JSON.stringify(schema));
}

const { definitions } = JSON.parse(readFileSync(swagger, 'utf8'));
for (const [name, schema] of Object.entries(special)) definitions[name] = schema;
writeFileSync(join(out, 'definitions.json'), JSON.stringify({ definitions: strictAll(definitions) }));
for (const [name, definition] of Object.entries(definitions)) {
  for (const { group, version, kind } of definition['x-kubernetes-group-version-kind'] ?? []) {
    write(kind, group, version, { $ref: `definitions.json#/definitions/${name}` });
  }
}
for (const path of crds) {
  for (const document of parseAllDocuments(readFileSync(path, 'utf8'))) {
    const crd = document.toJS();
    if (crd?.kind !== 'CustomResourceDefinition') continue;
    for (const { name, schema } of crd.spec.versions) {
      const whole = strict(schema.openAPIV3Schema);
      // A definition says nothing about what every object has.
      Object.assign(whole.properties, {
        apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' },
      });
      write(crd.spec.names.kind, crd.spec.group, name, whole);
    }
  }
}
