// A file has at most 400 lines. SQL and protos are read from top to bottom and may be longer.

const limit = 400;

export default {
  name: 'file_length',
  fix: `move a part that stands alone to a file of its own (at most ${limit} lines)`,
  check: (tree) =>
    tree
      .where(/\.(cc|h|mjs|sh)$/)
      .filter((file) => file.lines.length > limit)
      .map((file) => ({
        path: file.path,
        line: limit + 1,
        what: `the file has ${file.lines.length} lines`,
      })),
};
