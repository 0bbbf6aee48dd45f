// Documents that say which test shows something name tests that there are: `Suite.Case` of GoogleTest, a path, or
// a path and the words of a test in it, as in `tests/edge/tokens.test.mjs: a good token`.

const documents = /^docs\/(?:security|threat-model)\.md$/;
const quoted = /`([^`]+)`/g;
const cases = /TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\s*\)/g;
const googleTest = /^\w+Test\.\w+$/;
const place = /^((?:tests|web|gateway|services|shared|deploy|proto|docs)\/[\w./-]+)(?:: (.+))?$/;

export default {
  name: 'evidence',
  fix: 'name a test that exists, or say that there is none yet',
  check: (tree) => {
    const known = new Set(
      tree
        .where((file) => file.isCpp)
        .flatMap((file) => [...file.text.matchAll(cases)].map(([, suite, name]) => `${suite}.${name}`)),
    );
    const files = new Map(tree.files.map((file) => [file.path, file]));
    return tree.where(documents).flatMap((document) =>
      document.lines.flatMap((line, at) =>
        [...line.matchAll(quoted)]
          .map(([, name]) => complaint(name, known, files))
          .filter((what) => what !== undefined)
          .map((what) => ({ path: document.path, line: at + 1, what })),
      ),
    );
  },
};

/**
 * @param {string} name
 * @param {Set<string>} known
 * @param {Map<string, {text: string}>} files
 * @returns {string | undefined}
 */
function complaint(name, known, files) {
  if (googleTest.test(name)) return known.has(name) ? undefined : `there is no test ${name}`;
  const [, path, words] = place.exec(name) ?? [];
  if (!path) return undefined;
  const file = files.get(path);
  if (!file) return `there is no file ${path}`;
  return words && !file.text.includes(words) ? `${path} has no test "${words}"` : undefined;
}
