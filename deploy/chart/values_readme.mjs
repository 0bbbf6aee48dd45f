// values_readme.mjs CHART [--write]: the chart's README is its values.schema.json and values.yaml as a table:
// compares the committed one, or writes it.

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';

const yaml = createRequire(import.meta.url)('yaml');
const chart = resolve(process.argv[2]);
const schema = JSON.parse(readFileSync(join(chart, 'values.schema.json'), 'utf8'));
const values = yaml.parse(readFileSync(join(chart, 'values.yaml'), 'utf8'));
const about = yaml.parse(readFileSync(join(chart, 'Chart.yaml'), 'utf8'));
const readme = join(chart, 'README.md');

/** @param {any} node */
const follow = (node) => (node.$ref ? { ...schema.$defs[node.$ref.replace('#/$defs/', '')], ...node } : node);

/** What a value may be, in a few words. @param {any} node */
function kindOf(node) {
  if (node.enum) return node.enum.join(', ');
  if (node.type === 'integer') return `${node.minimum} to ${node.maximum}`;
  return node.type;
}

/** @param {any} node @param {any} value @param {string} path @returns {string[][]} rows of key, default, values, description */
function rowsOf(node, value, path) {
  const { properties, description = '', ...rest } = follow(node);
  const row = [path, properties ? '' : JSON.stringify(value) ?? '', properties ? '' : kindOf(rest), description];
  if (!properties) return [row];
  const rows = Object.entries(properties).flatMap(([key, child]) => rowsOf(child, value?.[key], `${path}.${key}`));
  return path ? [row, ...rows] : rows;
}

/** @param {string} text */
const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
/** @param {string} text */
const code = (text) => (text ? `\`${cell(text)}\`` : '');

const rows = rowsOf({ ...schema, description: '' }, values, '').map(([path, ...others]) => [path.slice(1), ...others]);
const text = `# ${about.name}

${about.description} How to install it: [k8s/README.md](../README.md).

This page is made of \`values.schema.json\` and \`values.yaml\`
(\`node deploy/chart/values_readme.mjs k8s/${basename(chart)} --write\`). A key that is not here is refused.

| key | default | values | what |
|---|---|---|---|
${rows.filter(([path]) => path !== 'global').map(([path, value, kind, what]) => `| ${code(path)} | ${code(value)} | ${cell(kind)} | ${cell(what)} |`).join('\n')}
`;

if (process.argv[3] === '--write') writeFileSync(readme, text);
else if (readFileSync(readme, 'utf8') !== text) {
  process.stderr.write(`${readme} is not what the schema says; node deploy/chart/values_readme.mjs k8s/${basename(chart)} --write\n`);
  process.exit(1);
}
