// docs/LLD.md has every table that a migration makes, in the row of its service's schema.

const document = 'docs/LLD.md';
const made = /^CREATE TABLE (?:IF NOT EXISTS )?(?:\w+\.)?(\w+)/gm;
/** @type {Record<string, string>} of the services whose schema has another name */
const schemas = { order: 'orders' };

export default {
  name: 'tables',
  fix: 'name it in the list of tables',
  check: (tree) => {
    const text = tree.files.find(({ path }) => path === document)?.text ?? '';
    return tree.where(/^services\/\w+\/migrations\/.*\.sql$/).flatMap((file) => {
      const [, service] = file.path.split('/');
      const row = text.split('\n').find((line) => line.startsWith(`| ${schemas[service] ?? service} | \``)) ?? '';
      return [...file.text.matchAll(made)]
        .filter(([, table]) => !row.includes(`\`${table}\``))
        .map(({ 1: table, index }) => ({ path: file.path, line: file.lineAt(index), what: `${document} has no table ${table} of ${service}` }));
    });
  },
};
