// Every type that a header offers says what it guarantees.

const type = /^(?:class|struct|union|enum(?:\s+class)?)\s+(?:\[\[\w+\]\]\s*)?(\w+)(?:[^;]*$|.*\{)/;

export default {
  name: 'class_comments',
  fix: 'say above it what it is, what it guarantees, and its thread safety',
  check: (tree) =>
    tree.where(/\.h$/).flatMap((file) => {
      const code = file.cpp.code.split('\n');
      // Types of a namespace stand at the margin.
      return code.flatMap((line, at) =>
        type.test(line) && !documented(file, code, at)
          ? [{ path: file.path, line: at + 1, what: `${line.match(type)[1]} has no comment` }]
          : [],
      );
    }),
};

function documented(file, code, at) {
  let above = at - 1;
  while (above >= 0 && /^template\b/.test(code[above])) above -= 1;
  return /^\s*\/\/\s*\S|\*\/\s*$/.test(file.lines[above] ?? '');
}
