// A process ignores a variable that none of its flags has the name of. A test that is to run with another setting
// then runs without it, and passes.

// What a compiler is given has its value in quotes, and is missed by the compiler itself.
const set = /\b(CARTWRIGHT_[A-Z0-9_]+)=(?!\\?")/g;
const flag = /\bABSL_FLAG\(\s*[^,]+,\s*(\w+)/g;

export default {
  name: 'settings',
  fix: 'name it as the flag is named, or as the script that reads it does',
  check: (tree) => {
    const known = new Set(
      tree
        .where(/\.(cc|h)$/)
        .flatMap((file) => [...file.lines.join('\n').matchAll(flag)])
        .map(([, name]) => `CARTWRIGHT_${name.toUpperCase()}`),
    );
    const readers = tree.where(/\.(cc|h|mjs|sh)$/).map((file) => file.lines.join('\n'));
    const isRead = (name) =>
      known.has(name) ||
      readers.some((text) => new RegExp(`[$.{"']${name}\\b(?!=)`).test(text));
    return tree
      .where(/CMakeLists\.txt$/)
      .flatMap((file) =>
        file.lines.flatMap((line, at) =>
          [...line.matchAll(set)]
            .filter(([, name]) => !isRead(name))
            .map(([, name]) => ({ path: file.path, line: at + 1, what: `nothing reads ${name}` })),
        ),
      );
  },
};
