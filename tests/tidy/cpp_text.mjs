// Reads C++ as far as the rules need it: code, comments and strings apart, and where functions are.
// Not a parser: it relies on clang-format and on the style of this repository.

const token = new RegExp(
  [
    /\b\d(?:'?[\w.])*/, // a number comes first, for the sake of 1'000
    /\/\/[^\n]*|\/\*[\s\S]*?\*\//,
    /(?<![A-Za-z0-9_])(?:u8|[uUL])?R"([^()\\\s]{0,16})\([\s\S]*?\)\1"/,
    /"(?:\\.|[^"\\\n])*"/,
    /'(?:\\.|[^'\\\n])+'/,
  ]
    .map((pattern) => pattern.source)
    .join('|'),
  'g',
);

/**
 * Three texts as long as the given one, line by line in the same places: what is not code, not a
 * comment, or not a string is blank.
 * @param {string} text
 * @returns {{code: string, comments: string, strings: string}}
 */
export function separate(text) {
  const parts = { code: '', comments: '', strings: '' };
  const add = (part, piece) => {
    for (const name of Object.keys(parts)) parts[name] += name === part ? piece : blank(piece);
  };
  let end = 0;
  for (const match of text.matchAll(token)) {
    add('code', text.slice(end, match.index));
    add(kindOf(match[0]), match[0]);
    end = match.index + match[0].length;
  }
  add('code', text.slice(end));
  return parts;
}

function kindOf(piece) {
  if (/^\d/.test(piece)) return 'code';
  return piece.startsWith('/') ? 'comments' : 'strings';
}

function blank(piece) {
  return piece.replace(/[^\n]/g, ' ');
}

/**
 * The content of each string literal; neighbours that the compiler joins are one.
 * @param {string} text
 * @returns {{text: string, at: number}[]} `at`: the offset of the literal
 */
export function literalsIn(text) {
  const found = [];
  let end = 0; // of the literal before
  for (const match of text.matchAll(token)) {
    const content = match[0].match(/^(?:\w*R"[^(]*\(([\s\S]*)\)[^)]*"|"([\s\S]*)")$/);
    if (!content) continue;
    const piece = content[1] ?? content[2];
    const before = found.at(-1);
    if (before && !text.slice(end, match.index).trim()) {
      before.text += piece;
    } else {
      found.push({ text: piece, at: match.index });
    }
    end = match.index + match[0].length;
  }
  return found;
}

/**
 * The functions of a C++ file, lambdas counted with the function that they stand in.
 * @param {string} code text without comments and strings
 * @returns {{name: string, start: number, end: number}[]} first and last character
 */
export function functionsIn(code) {
  const text = code.replace(/^[ \t]*#(?:[^\n]*\\\n)*[^\n]*/gm, blank);
  const found = [];
  let head = 0; // where the declaration that we are in began
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i];
    if (c === '(') {
      i = closing(text, i);
    } else if (c === ';' || c === '}') {
      head = i + 1;
    } else if (c === '{') {
      const before = text.slice(head, i);
      if (isTransparent(before)) {
        head = i + 1;
        continue;
      }
      const close = closing(text, i);
      i = close;
      // `: a_{a}, b_{b} {` is still the head of a constructor, and `= {1}` that of a variable.
      if (/^\s*[,{]/.test(text.slice(close + 1)) || isVariable(before)) continue;
      if (before.includes('(')) {
        found.push({ name: nameIn(before), start: head + before.search(/\S/), end: close });
      }
      head = close + 1;
    }
  }
  return found;
}

// A scope whose content is declarations again.
function isTransparent(head) {
  const flat = withoutParentheses(head).replace(/^\s*(?:public|private|protected)\s*:/, '');
  return (
    /^\s*(?:extern\s*$|(?:inline\s+)?namespace\b)/.test(flat) ||
    /^\s*(?:template\s*<[\s\S]*>\s*)?(?:class|struct|union)\b(?![^{]*\()/.test(flat)
  );
}

function isVariable(head) {
  const flat = withoutParentheses(head);
  return (
    /(?<![=!<>])=(?!=)/.test(flat.replace(/operator\s*\S+/, '')) && !/\[[^\]]*\]\s*\(/.test(flat)
  );
}

function withoutParentheses(head) {
  let flat = head;
  for (let before = ''; before !== flat;) {
    before = flat;
    flat = flat.replace(/\([^()]+\)/g, '()');
  }
  return flat;
}

function nameIn(head) {
  const macro = head.match(/^\s*(TEST(?:_[FP])?|TYPED_TEST|BENCHMARK_\w+)\s*\(([^)]*)\)/);
  if (macro) return macro[2].replace(/\s*,\s*/, '.');
  return head.match(/([\w:~]+|operator\s*\S+?)\s*\(/)?.[1] ?? 'a function';
}

// The place of the bracket that closes the one at `open`; the end of the text when none does.
function closing(text, open) {
  let depth = 0;
  for (let i = open; i < text.length; i += 1) {
    if ('({['.includes(text[i])) depth += 1;
    if (')}]'.includes(text[i])) depth -= 1;
    if (depth === 0) return i;
  }
  return text.length - 1;
}
