// What must be done now is done now; what can wait says why it may.

const source =
  /\.(cc|h|mjs|js|ts|tsx|sh|sql|proto|cmake|ya?ml|tpl|css)$|CMakeLists\.txt$|Dockerfile/;
// Put together, so that the rule does not find itself.
const mark = ['TO', 'DO'].join('');
const banned = [['FIX', 'ME'].join(''), 'X'.repeat(3)].join('|');
const marks = new RegExp(
  `\\b(?:${mark}\\b(?!\\((?:perf|security|cleanup)\\): \\S)|(?:${banned})\\b)`,
);

export default {
  name: 'todo',
  fix: `do it, or write ${mark}(perf|security|cleanup): and what`,
  check: (tree) =>
    tree
      .where(source)
      .flatMap((file) =>
        file.lines.flatMap((line, at) =>
          marks.test(line)
            ? [{ path: file.path, line: at + 1, what: `"${line.match(marks)[0]}"` }]
            : [],
        ),
      ),
};
