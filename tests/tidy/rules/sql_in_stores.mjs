// Every SQL statement of a service is in its store or in its migrations, where one looks for it.

import { literalsIn } from '../cpp_text.mjs';

// The last two are for what people write in lower case; a sentence does not begin like that.
const sql = [
  /\b(?:SELECT|INSERT INTO|DELETE FROM|UPDATE|TRUNCATE|LISTEN|NOTIFY|SET LOCAL)\s+\S/,
  /\b(?:CREATE|ALTER|DROP) (?:TABLE|INDEX|FUNCTION|SCHEMA|ROLE|TYPE|VIEW)\s+\S/,
  /^\s*(?:select\s[\s\S]*\bfrom\b|insert into\b|delete from\b|update\s+\w+\s+set\b)/,
  /^\s*with\s+\w+\s+as\s*\(/,
];
const allowed = /_store\.cc$|^shared\/db\//;

export default {
  name: 'sql_in_stores',
  fix: 'move the statement to the *_store.cc of the service, or to a migration',
  check: (tree) =>
    tree
      .where((file) => file.isCpp && !file.isTest && !allowed.test(file.path))
      .flatMap((file) =>
        literalsIn(file.text)
          .filter(({ text }) => sql.some((pattern) => pattern.test(text)))
          .map(({ text, at }) => ({
            path: file.path,
            line: file.lineAt(at),
            what: `SQL: ${text.trim().split('\n')[0].slice(0, 40)}`,
          })),
      ),
};
