// What is not declared is denied: a method says who may call it, by role and by certificate.

import { declarationsIn } from '../proto_text.mjs';

/** @type {[RegExp, string][]} */
const needed = [
  [/\bmethod\)\s*=\s*\{/, 'option (cartwright.api.v1.method)'],
  [/\baccess:\s*(?:PUBLIC|USER|ADMIN|INTERNAL)\b/, 'access'],
  [/\bcallers:\s*["[]/, 'callers'],
];

export default {
  name: 'proto_policy',
  fix: 'add it to the policy option of the method',
  check: (tree) =>
    tree.where(/^proto\/.*\.proto$/).flatMap((file) =>
      declarationsIn(file.text)
        .filter(({ kind }) => kind === 'rpc')
        .flatMap(({ name, line, body }) =>
          needed
            .filter(([pattern]) => !pattern.test(body))
            .map(([, what]) => ({ path: file.path, line, what: `rpc ${name} has no ${what}` })),
        ),
    ),
};
