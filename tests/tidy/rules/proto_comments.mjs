// The protos are the API's documentation: everything that a client can see has a comment.

import { declarationsIn } from '../proto_text.mjs';

const documented = new Set(['service', 'rpc', 'message', 'field', 'enum', 'value']);

export default {
  name: 'proto_comments',
  fix: 'say above it what it means, its unit and its range; for an rpc also its errors',
  check: (tree) =>
    tree.where(/^proto\/.*\.proto$/).flatMap((file) =>
      declarationsIn(file.text)
        .filter((declaration) => documented.has(declaration.kind) && !declaration.documented)
        .map(({ kind, name, line }) => ({
          path: file.path,
          line,
          what: `${kind} ${name} has no comment`,
        })),
    ),
};
