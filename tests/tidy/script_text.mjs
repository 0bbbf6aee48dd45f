// Finds functions in JavaScript and in shell scripts by their indentation: a function ends where a
// line begins with a brace that stands as far in as the line with which it began.

const starts = [
  /^(\s*)(?:export\s+(?:default\s+)?)?(?:async\s+)?function\b\W*(\w+).*[({]$/, // a declaration
  /^(\s*)(?:export\s+)?(?:const|let)\s+(\w+)\s*=.*=>\s*\{$/, // a named arrow
  /^(\s*)(?!describe|suite)([\w.]+)\(.*=>\s*\{$/, // test('...', () => {
  // A method.
  /^(\s+)(?!if|for|while|switch|catch)(?:static |async |get |set |\*)*(#?\w+)\([^;]*\)\s*\{$/,
  /^(\s*)(?:function\s+)?([\w-]+)\s*\(\)\s*[{(]$/, // shell
];

/**
 * @param {string[]} lines
 * @returns {{name: string, first: number, last: number}[]} lines counted from 1
 */
export function scriptFunctionsIn(lines) {
  const found = [];
  lines.forEach((line, at) => {
    const start = starts.map((pattern) => line.match(pattern)).find(Boolean);
    if (!start) return;
    // `}) {` goes on, with the body after the parameters.
    const length = lines.slice(at + 1).findIndex((later) => ends(later, start[1]));
    if (length !== -1) found.push({ name: start[2], first: at + 1, last: at + 2 + length });
  });
  return found;
}

function ends(line, indent) {
  return line.startsWith(indent) && /^[})](?!.*\{$)/.test(line.slice(indent.length));
}
