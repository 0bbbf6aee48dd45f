// Values made of JSON Schemas, by a seeded generator: such as the schema takes, and such as it refuses.

/** @typedef {import('../chaos/random.mjs').Random} Random */
/** @typedef {import('./contract.mjs').Contract} Contract */

/** What some pattern of the contract takes. */
const words = ['', 'EUR', 'GB', '0', '7', '-3', '12000', 'name', 'price', 'chairs', 'ada@example.com', 'Ada', '1.5s'];
const letters = [...'abcxyzÄß€\u{1F6D2}漢 -_.,:;!?\'"\\/<>&%+#@'];

/** @param {Random} random @param {number} length */
const text = (random, length) => Array.from({ length }, () => random.pick(letters)).join('');

/** @param {Random} random @param {any} schema */
function someString(random, schema) {
  const { pattern, minLength = 0, maxLength = 40, examples = [] } = schema;
  if (examples.length > 0 && random.chance(0.6)) return random.pick(examples);
  if (schema.format === 'date-time') return '2026-02-28T12:00:00Z';
  if (!pattern) return text(random, random.pick([minLength, Math.min(maxLength, minLength + random.below(30)), maxLength]));
  const matcher = new RegExp(pattern, 'u');
  const fits = [...words, ...examples].filter((word) => matcher.test(word) && [...word].length >= minLength);
  return random.pick(fits.length > 0 ? fits : ['']);
}

/** @param {Random} random @param {any} schema */
function someInteger(random, { minimum = -(2 ** 31), maximum = 2 ** 31 - 1 }) {
  return random.pick([minimum, maximum, random.between(Math.max(minimum, 0), Math.min(maximum, 100))]);
}

/** @param {Contract} contract @param {Random} random @param {any} given @returns {any} a value that the schema takes */
export function valid(contract, random, given) {
  const schema = contract.resolve(given);
  if (schema.enum) return random.pick(schema.enum);
  switch (schema.type) {
    case 'string': return someString(random, schema);
    case 'integer': return someInteger(random, schema);
    case 'number': return random.next() * 100;
    case 'boolean': return random.chance(0.5);
    case 'array': {
      const { minItems = 0, maxItems = 3 } = schema;
      const length = random.between(minItems, Math.min(maxItems, minItems + 3));
      return Array.from({ length }, () => valid(contract, random, schema.items));
    }
    default: {
      const { properties = {}, required = [] } = schema;
      const present = Object.keys(properties).filter((name) => required.includes(name) || random.chance(0.5));
      return Object.fromEntries(present.map((name) => [name, valid(contract, random, properties[name])]));
    }
  }
}

/** @param {Random} random @returns {any} what hardly any schema takes */
function oddity(random) {
  return random.pick(/** @type {unknown[]} */ ([
    null, true, false, 0, -1, 1.5, 1e308, 2 ** 53, -(2 ** 63), '', ' ', 'null', '1e400', '-0', '9223372036854775808',
    'a\u0000b', '\u202e\u200b', 'NaN', '%00', '../..', '{}', 'x'.repeat(2000), [], [[]], [null], {}, { '': 0 },
    { a: { b: { c: {} } } }, { toString: 1 }, '\u{10FFFF}', Array(1001).fill(0),
  ]));
}

/** A value with one thing in it that is wrong, or at least odd. @param {Random} random @param {any} value @returns {any} */
export function damaged(random, value) {
  if (Array.isArray(value) && value.length > 0 && random.chance(0.7)) {
    const at = random.below(value.length);
    return value.map((item, i) => (i === at ? damaged(random, item) : item));
  }
  if (value === null || typeof value !== 'object' || random.chance(0.15)) return oddity(random);
  const names = Object.keys(value);
  const name = random.chance(0.2) || names.length === 0
    ? random.pick(['userId', 'user_id', '__proto__', 'id', '', 'x'.repeat(300), '$ref'])
    : random.pick(names);
  if (random.chance(0.2)) return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
  const changed = names.includes(name) ? damaged(random, value[name]) : oddity(random);
  return Object.fromEntries([...Object.entries(value).filter(([key]) => key !== name), [name, changed]]);
}

/** Text that is not quite JSON. @param {Random} random @param {string} json */
export function broken(random, json) {
  const at = random.below(json.length + 1);
  return random.pick([
    json.slice(0, at), `${json},`, `${json}{}`, `[${json}`, json.replace(/"/g, "'"), `\u{FEFF}${json}`, '', '{"a":1,"a":2}',
    `${json.slice(0, at)}\u0001${json.slice(at)}`, '{"a":NaN}', '[]', '"text"', '{'.repeat(50), `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`,
  ]);
}
