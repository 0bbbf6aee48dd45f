// What a PromQL expression asks for: enough of the language to name its series, and no more. Whether an expression
// is well formed is promtool's to say.

const keywords = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan']);
const grouping = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);

/**
 * @typedef {{label: string, operator: string, value: string}} Matcher
 * @typedef {{name: string, matchers: Matcher[]}} Selector
 */

/**
 * @param {string} expression
 * @returns {{selectors: Selector[], labels: string[]}} the series, and the labels that they are grouped by
 */
export function usesOf(expression) {
  /** @type {string[]} */
  const tokens = expression.match(/"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[a-zA-Z_:][\w:]*|\d[\w.]*|[=!]~|!=|\S/g) ?? [];
  /** @type {Selector[]} */
  const selectors = [];
  /** @type {string[]} */
  const labels = [];
  for (let i = 0; i < tokens.length; i += 1) {
    const word = tokens[i];
    if (!/^[a-zA-Z_:]/.test(word) || keywords.has(word)) continue;
    if (grouping.has(word)) {
      const end = tokens.indexOf(')', i);
      labels.push(...tokens.slice(i + 2, end).filter((token) => token !== ','));
      i = end;
    } else if (tokens[i + 1] === '{') {
      const end = tokens.indexOf('}', i);
      selectors.push({ name: word, matchers: matchersOf(tokens.slice(i + 2, end)) });
      i = end;
    } else if (tokens[i + 1] !== '(' && !grouping.has(tokens[i + 1])) {
      selectors.push({ name: word, matchers: [] });
    }
  }
  return { selectors, labels };
}

/** @param {string[]} tokens @returns {Matcher[]} */
function matchersOf(tokens) {
  const matchers = [];
  for (let i = 0; i < tokens.length; i += 4) {
    matchers.push({ label: tokens[i], operator: tokens[i + 1], value: JSON.parse(tokens[i + 2]) });
  }
  return matchers;
}

/**
 * The series of a page of metrics, each name with the values that each of its labels has.
 * @param {string} page what /metrics answers
 * @param {Map<string, Map<string, Set<string>>>} [series] to add to
 */
export function seriesOf(page, series = new Map()) {
  for (const [, name, list = ''] of page.matchAll(/^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$/gm)) {
    const labels = series.get(name) ?? new Map();
    series.set(name, labels);
    for (const [, label, value] of list.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
      labels.set(label, (labels.get(label) ?? new Set()).add(value));
    }
  }
  return series;
}
