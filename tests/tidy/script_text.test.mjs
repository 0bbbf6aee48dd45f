import assert from 'node:assert/strict';
import test from 'node:test';

import { scriptFunctionsIn } from './script_text.mjs';

const found = (text) =>
  scriptFunctionsIn(text.split('\n')).map(({ name, first, last }) => `${name} ${first}-${last}`);

test('functions of JavaScript', () => {
  assert.deepEqual(
    found(`export async function a(b) {
  if (b) {
    c();
  }
}
function d({
  e,
}) {
  return e;
}
const f = (g) => {
  g();
};
test('it works', async () => {
  f();
});
class H {
  get i() {
    return 1;
  }
}
describe('all', () => {
  x();
});`),
    ['a 1-5', 'd 6-10', 'f 11-13', 'test 14-16', 'i 18-20'],
  );
});

test('functions of shell scripts', () => {
  assert.deepEqual(found('main() {\n  if x; then\n    y\n  fi\n}\nsub() (\n  cd x\n)\n'), [
    'main 1-5',
    'sub 6-8',
  ]);
});
