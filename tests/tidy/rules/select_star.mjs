// A statement lists its columns, so that a migration that adds one changes no reader.

export default {
  name: 'select_star',
  fix: 'list the columns',
  check: (tree) =>
    tree.where(/_store\.cc$/).flatMap((file) =>
      [...file.cpp.strings.matchAll(/\bselect\s+(?:\w+\.)?\*/gi)].map((match) => ({
        path: file.path,
        line: file.lineAt(match.index),
        what: `"${match[0].replace(/\s+/g, ' ')}"`,
      })),
    ),
};
