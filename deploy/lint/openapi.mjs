// node openapi.mjs FILE: prints what Redocly's recommended rules find in an OpenAPI document, and fails if
// that is anything.

import { readFile } from 'node:fs/promises';

import { createConfig, lintFromString } from '@redocly/openapi-core';

const file = process.argv[2];
// The message of an answer that has no body (204) is in the document with all the others, and unused.
const config = await createConfig({ extends: ['recommended-strict'], rules: { 'no-unused-components': 'off' } });
const findings = await lintFromString({ source: await readFile(file, 'utf8'), absoluteRef: file, config });
for (const { ruleId, message, location } of findings) {
  console.error(`${file}${location[0]?.pointer ?? ''}: ${ruleId}: ${message}`);
}
process.exitCode = findings.length === 0 ? 0 : 1;
