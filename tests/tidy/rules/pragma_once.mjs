// One way to guard a header, which cannot clash when a file is copied.

export default {
  name: 'pragma_once',
  fix: 'begin the header with #pragma once',
  check: (tree) =>
    tree
      .where((file) => file.path.endsWith('.h') && !/^\s*#pragma once\n/.test(file.cpp.code))
      .map((file) => ({ path: file.path, line: 1, what: 'the header has another guard, or none' })),
};
