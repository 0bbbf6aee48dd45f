// Patterns are read by RE2 in the services and by whoever reads the OpenAPI document, whose dialect is
// that of JavaScript: what the two understand differently is refused.

const different = /\[:\^?[a-z]+:\]|\\\\[AzZQEpPsSC]|\(\?[a-zA-Z-]/;

export default {
  name: 'proto_patterns',
  fix: 'write the characters as a range, such as \\\\x00-\\\\x20',
  check: (tree) =>
    tree.where(/^proto\/.*\.proto$/).flatMap((file) =>
      file.lines.flatMap((line, i) =>
        /^\s*(?:pattern:|")/.test(line) && different.test(line)
          ? [{ path: file.path, line: i + 1, what: `${different.exec(line)?.[0]} in a pattern` }]
          : [],
      ),
    ),
};
