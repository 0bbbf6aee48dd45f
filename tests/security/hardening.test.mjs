// hardening.mjs sees each protection that a binary lacks: a small program is built with all of them, and then
// once without each.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, test } from 'node:test';

import { weaknesses } from '../../deploy/lint/security/hardening.mjs';

const place = mkdtempSync(`${tmpdir()}/cartwright-hardening.`);
after(() => rmSync(place, { recursive: true }));
writeFileSync(`${place}/program.cc`, `
#include <cstdio>
#include <cstring>
int main(int, char** arguments) {
  char copy[64];
  std::strcpy(copy, arguments[0]);
  std::puts(copy);
}
`);

const all = [
  '-O2', '-fPIE', '-pie', '-fstack-protector-strong', '-U_FORTIFY_SOURCE', '-D_FORTIFY_SOURCE=2', '-fcf-protection=full',
  '-Wl,-z,relro,-z,now,-z,noexecstack',
];
const shadowStack = '-Wl,-z,shstk';

/** @param {string[]} flags after those that harden, so that they win */
function lacking(...flags) {
  execFileSync('g++', [...all, ...flags, '-o', `${place}/program`, `${place}/program.cc`], { stdio: 'ignore' });
  return weaknesses(`${place}/program`).join('; ');
}

test('a program that has all of them lacks nothing', () => {
  assert.equal(lacking(shadowStack), '');
});

for (const [flags, what] of /** @type {[string[], RegExp][]} */ ([
  [['-fno-pie', '-no-pie'], /PIE/],
  [['-Wl,-z,norelro'], /RELRO/],
  [['-Wl,-z,lazy'], /BIND_NOW/],
  [['-Wl,-z,execstack'], /NX/],
  [['-fno-stack-protector'], /stack protector/],
  [['-U_FORTIFY_SOURCE'], /FORTIFY/],
  [['-fcf-protection=none'], /IBT/],
])) {
  test(`built with ${flags.join(' ')}`, () => {
    assert.match(lacking(shadowStack, ...flags), what);
  });
}

test('built without the claim of a shadow stack', () => {
  assert.match(lacking(), /SHSTK/);
});
