// A function has at most 70 lines: what does not fit on a screen is not understood at once.

import { functionsIn } from '../cpp_text.mjs';
import { scriptFunctionsIn } from '../script_text.mjs';

const limit = 70;

export default {
  name: 'function_length',
  fix: `split it where a part has a name of its own (at most ${limit} lines)`,
  check: (tree) =>
    tree.where(/\.(cc|h|mjs|sh)$/).flatMap((file) =>
      linesOfFunctions(file)
        .filter(({ first, last }) => last - first + 1 > limit)
        .map(({ name, first, last }) => ({
          path: file.path,
          line: first,
          what: `${name} has ${last - first + 1} lines`,
        })),
    ),
};

function linesOfFunctions(file) {
  if (!file.isCpp) return scriptFunctionsIn(file.lines);
  return functionsIn(file.cpp.code).map(({ name, start, end }) => ({
    name,
    first: file.lineAt(start),
    last: file.lineAt(end),
  }));
}
