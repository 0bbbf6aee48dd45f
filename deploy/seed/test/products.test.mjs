import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import { compose } from '../compose.mjs';
import { categories } from '../kinds/all.mjs';
import { colours } from '../words/colours.mjs';
import { materials } from '../words/materials.mjs';

const COUNT = 1000;
const make = (count) => Array.from({ length: count }, (_, k) => compose(k));
const products = make(COUNT);

test('product k is the same whenever and among however many it is made', () => {
  // Backwards and alone: what was made before must not matter.
  for (const k of [999, 512, 17, 0]) {
    assert.deepEqual(compose(k), products[k]);
  }
  assert.deepEqual(make(100), products.slice(0, 100));
});

test('the first thousand products are those that every machine makes', () => {
  const { choice, ...first } = products[0];
  assert.equal(choice.category.id, first.categoryId);
  assert.equal(first.id, 'b137c31a-a202-5021-a77e-4c967b444458');
  const text = products.map(({ choice: _, ...row }) => JSON.stringify(row)).join('\n');
  // Changes when words, prices or chance change; shops that have data keep what they have.
  assert.equal(createHash('sha256').update(text).digest('hex').slice(0, 16), '48defca85b3cb964');
});

test('every category and every kind is there', () => {
  assert.ok(categories.length >= 12);
  const kinds = new Set(products.map(({ choice }) => choice.kind.key));
  for (const { id, kinds: wanted } of categories) {
    assert.ok(products.filter(({ categoryId }) => categoryId === id).length >= 30, id);
    for (const { key } of wanted) assert.ok(kinds.has(key), key);
  }
});

test('names and ids are unique, also among very many', () => {
  const names = new Set();
  const ids = new Set();
  for (let k = 0; k < 30000; k++) {
    const { id, name } = compose(k);
    names.add(name);
    ids.add(id);
  }
  assert.equal(names.size, 30000);
  assert.equal(ids.size, 30000);
});

test('ids are UUIDs, names and descriptions have the lengths that the schema allows', () => {
  for (const { id, name, description } of products) {
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.ok(name.length >= 10 && name.length <= 100, name);
    assert.ok(description.length >= 150 && description.length <= 1000, description);
    assert.doesNotMatch(
      name + description,
      /undefined|[{}\t\n]| {2}|\ba [aeio]\w+ (pot|glass|lining|cloth)/,
      name,
    );
  }
});

test('a price is believable for its kind', () => {
  for (const {
    name,
    price,
    choice: { kind, size },
  } of products) {
    const [, low, high] = kind.price;
    assert.ok(Number.isSafeInteger(price), name);
    // Rounding to a pretty ending may step a little outside.
    assert.ok(price >= low * 0.93 && price <= high * size.count * 1.07, `${name}: ${price}`);
  }
});

test('more of the same, and larger, costs more', () => {
  const model = ({ choice: { collection, kind, material, second } }) =>
    [collection.name, kind.key, material.word, second?.word].join();
  const many = make(20000);
  const seen = new Map();
  let compared = 0;
  for (const product of many) {
    const other = seen.get(model(product));
    if (
      other &&
      other.choice.size.factor * other.choice.size.count ** 0.88 >
        1.2 * product.choice.size.factor * product.choice.size.count ** 0.88
    ) {
      assert.ok(
        other.price >= product.price,
        `${other.name} ${other.price}, ${product.name} ${product.price}`,
      );
      compared++;
    }
    seen.set(model(product), product);
  }
  assert.ok(compared > 20);
});

test('the description names the materials and the colour that the name names', () => {
  for (const {
    name,
    description,
    choice: { material, colour, second, kind },
  } of products) {
    for (const part of [material, colour, second].filter(Boolean)) {
      assert.ok(materials[part.word] === part || colours[part.word] === part);
      assert.ok(name.includes(part.word), name);
      assert.ok(description.includes(part.word), `${name}: ${description}`);
    }
    if (colour) assert.ok(description.includes(colour.like), name);
    assert.ok(name.includes(kind.noun), name);
  }
});

test('about three in a hundred are sold out', () => {
  const soldOut = products.filter(({ onHand }) => onHand === 0).length;
  assert.ok(soldOut >= 15 && soldOut <= 50, `${soldOut}`);
  assert.ok(
    products.every(({ onHand }) => Number.isInteger(onHand) && onHand >= 0 && onHand < 1000),
  );
});

test('products appeared over some years, all of them in the past', () => {
  const times = products.map(({ createTime }) => createTime).sort();
  assert.ok(times[0] < '2022-03-20' && times[0] >= '2022-03-01', times[0]);
  assert.ok(times[COUNT - 1] > '2025-08-01' && times[COUNT - 1] < '2025-09-02', times[COUNT - 1]);
});
