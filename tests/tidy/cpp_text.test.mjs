import assert from 'node:assert/strict';
import test from 'node:test';

import { functionsIn, literalsIn, separate } from './cpp_text.mjs';

test('code, comments and strings are told apart, each in its place', () => {
  const text = 'int a = 1;  // "no"\nf("// yes", \'"\', R"(a " b)");\n/* x */ g();\n';
  const { code, comments, strings } = separate(text);
  assert.equal(code.replace(/ +/g, ' '), 'int a = 1; \nf( , , );\n g();\n');
  assert.equal(comments.trim().replace(/\s+/g, ' '), '// "no" /* x */');
  assert.equal(strings.trim().replace(/ +/g, ' '), '"// yes" \'"\' R"(a " b)"');
  assert.equal(code.length, text.length);
});

test('a digit separator is not a character', () => {
  assert.match(
    separate("int a = 1'000, b = '{'; int c = 2'000'000;").code,
    /1'000, b = {4}; int c/,
  );
});

test('neighbouring literals are one, others are not', () => {
  const texts = literalsIn('f("a "\n  "b", "c", R"sql(d)sql");').map(({ text }) => text);
  assert.deepEqual(texts, ['a b', 'c', 'd']);
});

const names = (text) => functionsIn(separate(text).code).map(({ name }) => name);

test('functions are found in namespaces and classes, with their whole bodies', () => {
  const text = `namespace a {
class B : public C {
 public:
  explicit B(int x = {}) : x_{x}, y_(x) { Go(); }
  int x() const { return x_; }
  void Later();
};
template <typename T>
T Free(T t) {
  if (t) { Go(); }
  auto f = [](int i) { return i; };
  return t;
}
TEST_F(StoreTest, DoesIt) { Go(); }
}  // namespace a
`;
  assert.deepEqual(names(text), ['B', 'x', 'Free', 'StoreTest.DoesIt']);
  const free = functionsIn(separate(text).code)[2];
  assert.equal(text[free.end], '}');
  assert.equal(
    text
      .slice(free.end + 1)
      .trim()
      .slice(0, 6),
    'TEST_F',
  );
});

test('variables, enums and macros are not functions', () => {
  assert.deepEqual(names('const Route kRoutes[] = {{Get(1), 2}};\nenum class E { kA };\n'), []);
  assert.deepEqual(
    names('#define M(x) \\\n  do {       \\\n  } while (x)\nint F() { return 1; }\n'),
    ['F'],
  );
});
