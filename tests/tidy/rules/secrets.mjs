// No secret is in the tree: no private key, no token of a service, no password in an address or a setting. What
// the shop needs of these is made by the launcher, in the data directory.

// Put together where the rule would find itself.
/** @type {[string, RegExp][]} */
const patterns = [
  ['a private key', new RegExp(`-----${'BEGIN'} (?:[A-Z]+ )*PRIVATE KEY`)],
  ['a private key as JWK', /"d"\s*:\s*"[A-Za-z0-9_-]{40,}"/],
  ['a token that somebody signed', /\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{20,}/],
  ['a key of AWS', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a token of GitHub', /\bgh[pousr]_[A-Za-z0-9]{36,}|\bgithub_pat_[A-Za-z0-9_]{60,}/],
  ['a token of GitLab', /\bglpat-[A-Za-z0-9_-]{20,}/],
  ['a token of npm', /\bnpm_[A-Za-z0-9]{36}\b|_authToken\s*=\s*[^\s$]/],
  ['a token of PyPI', /\bpypi-[A-Za-z0-9_-]{50,}/],
  ['a token of Slack', /\bxox[abprs]-[A-Za-z0-9-]{20,}/],
  ['a key of Google', /\bAIza[A-Za-z0-9_-]{35}\b/],
  ['a key of Stripe', /\b[rs]k_live_[A-Za-z0-9]{20,}/],
  ['a password in an address', /\b[a-z][a-z0-9+]{2,}:\/\/[\w.%-]+:(?![$<{*])[^\s@/'"`]{6,}@/],
  ['a password in a setting', /^\s*(?:export\s+)?[A-Z0-9_]*(?:PASSWORD|SECRET|API_KEY|TOKEN)=['"]?(?![$<{(])[A-Za-z0-9+/_-]{16,}/],
];

// The password of the demo users, which SECURITY.md tells the world.
const known = /correct-horse-battery/;

export default {
  name: 'secrets',
  fix: 'take it out, and out of use: whoever has the history has it, too',
  check: (tree) =>
    tree.files.flatMap((file) =>
      file.lines.flatMap((line, at) =>
        patterns
          .filter(([, pattern]) => pattern.test(line) && !known.test(line))
          .map(([name]) => ({ path: file.path, line: at + 1, what: name })),
      ),
    ),
};
