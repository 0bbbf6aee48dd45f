// No binary fraction near money: 0.1 + 0.2 is not 0.3, and a shop's books must balance to the cent.

const scopes = [
  {
    files: /^services\/(wallet|order|cart|catalog)\/.*\.(cc|h)$/,
    code: (file) => file.cpp.code,
    float: /\b(?:float|double|stod|stof|strtod|atof|SimpleAtod|SimpleAtof)\b/g,
  },
  {
    files: /\.proto$/,
    code: (file) => file.cpp.code,
    float: /\b(?:float|double)\b(?=\s+\w+\s*=)/g,
  },
  {
    files: /^services\/(wallet|order|cart|catalog)\/migrations\/.*\.sql$/,
    code: (file) => withoutSqlText(file.text),
    float: /\b(?:real|double\s+precision|float[48]?)\b|::\s*money\b/gi,
  },
];

// Where a fraction is no money: [what the line says, why it may].
/** @type {[RegExp, string][]} */
const exceptions = [
  [
    /(?:Increment|Decrement|Observe|Set)\(static_cast<double>\(/,
    'prometheus-cpp counts in doubles',
  ],
  [
    /^\s*(?:double real64|float real32) = \d+;$/,
    'every kind of field for the fuzz targets, nobody\'s money',
  ],
  [
    /\b(?:ts_rank(?:_cd)?|similarity|word_similarity)\(/,
    'relevance orders a page and is never stored',
  ],
];

export default {
  name: 'no_floats',
  fix: 'use int64 minor units, or add an exception with its reason to the rule',
  check: (tree) =>
    scopes.flatMap(({ files, code, float }) =>
      tree.where(files).flatMap((file) =>
        [...code(file).matchAll(float)]
          .map((match) => ({
            path: file.path,
            line: file.lineAt(match.index),
            what: `"${match[0]}"`,
          }))
          .filter(
            ({ line }) => !exceptions.some(([pattern]) => pattern.test(file.lines[line - 1])),
          ),
      ),
    ),
};

// Comments and strings are words.
function withoutSqlText(text) {
  return text.replace(/--[^\n]*|'(?:[^']|'')*'/g, (piece) => piece.replace(/[^\n]/g, ' '));
}
