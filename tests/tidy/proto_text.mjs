// Reads .proto files as far as the rules need it: every declaration, its line and its comment.

import { separate } from './cpp_text.mjs';

/**
 * @typedef {object} Declaration
 * @property {string} kind service, rpc, message, field, enum, value or oneof
 * @property {string} name
 * @property {number} line counted from 1
 * @property {boolean} documented a comment stands right above
 * @property {string} body what stands in its braces, empty without any
 */

/**
 * @param {string} text
 * @returns {Declaration[]}
 */
export function declarationsIn(text) {
  const code = separate(text).code;
  const lines = text.split('\n');
  const found = [];
  const scopes = [];
  let head = 0;
  let brackets = 0; // inside [options], where braces are values
  for (let i = 0; i < code.length; i += 1) {
    const c = code[i];
    if (c === '[') brackets += 1;
    if (c === ']') brackets -= 1;
    if (brackets > 0 || !'{};'.includes(c)) continue;
    if (c === '}') {
      const scope = scopes.pop();
      if (scope?.declaration) scope.declaration.body = text.slice(scope.start, i);
    } else {
      const start = head + Math.max(0, code.slice(head, i).search(/\S/));
      const declaration = declare(code.slice(head, i), scopes.at(-1)?.kind ?? 'file');
      if (declaration) found.push(place(declaration, code.slice(0, start), lines));
      if (c === '{') scopes.push({ kind: kindOf(code.slice(head, i)), declaration, start: i + 1 });
    }
    head = i + 1;
  }
  return found;
}

function kindOf(head) {
  return head.match(/^\s*(service|rpc|message|enum|oneof|extend)\b/)?.[1] ?? 'other';
}

function declare(head, scope) {
  const named = head.match(/^\s*(service|rpc|message|enum|oneof)\s+(\w+)/);
  if (named) return { kind: named[1], name: named[2] };
  if (/^\s*(option|reserved|extensions|extend)\b/.test(head)) return null;
  const numbered = head.match(/(\w+)\s*=\s*-?\w+\s*(\[|$)/);
  if (!numbered) return null;
  if (scope === 'enum') return { kind: 'value', name: numbered[1] };
  return ['message', 'oneof', 'extend'].includes(scope)
    ? { kind: 'field', name: numbered[1] }
    : null;
}

function place(declaration, before, lines) {
  declaration.line = before.split('\n').length;
  declaration.documented = /^\s*\/\/\s*\S|\*\/\s*$/.test(lines[declaration.line - 2] ?? '');
  declaration.body = '';
  return declaration;
}
