// A schema serves the binaries of the version before, so that a version can be brought and taken back while
// the shop is open: a migration adds, and what only the last version used is removed by one after that.

// The last migration of each service that was made before this was a rule.
const before = { cart: 3, catalog: 8, identity: 7, order: 9, wallet: 5 };

// What the version before may still use, and what would refuse what it writes.
/** @type {[RegExp, string][]} */
const taking = [
  [/\bDROP\s+(?:TABLE|COLUMN|SCHEMA|FUNCTION|TYPE|VIEW|SEQUENCE)\b/i, 'drops what the version before uses'],
  [/\bRENAME\b/i, 'renames what the version before uses'],
  [/\bALTER\s+COLUMN\s+\w+\s+(?:SET\s+DATA\s+)?TYPE\b/i, 'changes the type of a column'],
  [/\bSET\s+NOT\s+NULL\b/i, 'refuses rows that the version before writes'],
  [/\bADD\s+COLUMN\s+(?:(?!\bDEFAULT\b|,|;)[\s\S])*\bNOT\s+NULL\b(?:(?!\bDEFAULT\b)[^,;])*[,;]/i, 'adds a column that the version before does not fill'],
  [/\bREVOKE\b[^;]*\bFROM\s+\w+_app\b/i, 'takes a right from the version before'],
  [/\bTRUNCATE\b(?!\s+(?:ON|OR)\b)/i, 'throws rows away'],  // not the event of a trigger
];

export default {
  name: 'expand_only',
  fix: 'add now, and remove with the version after the next (docs/HACKING.md, Adding a migration)',
  check: (tree) =>
    tree.where(/^services\/\w+\/migrations\/\d{4}_/).filter(isNew).flatMap((file) => {
      const text = file.text.replace(/--[^\n]*/g, (comment) => ' '.repeat(comment.length));
      return taking.flatMap(([pattern, what]) => {
        const found = pattern.exec(text);
        return found ? [{ path: file.path, line: file.lineAt(found.index), what: `it ${what}` }] : [];
      });
    }),
};

function isNew(file) {
  const [, service, number] = /^services\/(\w+)\/migrations\/(\d{4})/.exec(file.path) ?? [];
  return Number(number) > (before[service] ?? 0);
}
