import assert from 'node:assert/strict';
import { test } from 'node:test';

import { compose } from '../compose.mjs';
import { draw, pictureOf } from '../draw/draw.mjs';
import { categories } from '../kinds/all.mjs';

/**
 * Enough of a parser to find what a browser would refuse: tags that do not match, attributes given
 * twice, stray signs, numbers that are none, references to nothing.
 * @param {string} svg
 * @returns {string | undefined} what is wrong
 */
function complaint(svg) {
  const open = [];
  const ids = new Set();
  const tag = /<(\/?)([a-zA-Z]+)((?:\s+[a-zA-Z][\w:-]*="[^"<&]*")*)\s*(\/?)>|([^<]+)|(.)/gs;
  for (const [whole, closing, name, attributes, empty, , stray] of svg.trim().matchAll(tag)) {
    if (stray) return `stray ${stray}`;
    if (!name) continue;
    const names = [...attributes.matchAll(/([\w:-]+)="/g)].map(([, attribute]) => attribute);
    if (new Set(names).size !== names.length) return `an attribute twice: ${whole}`;
    if (names.includes('id')) ids.add(/\bid="([^"]*)"/.exec(attributes)?.[1]);
    if (closing && open.pop() !== name) return `</${name}> closes something else`;
    if (!closing && !empty) open.push(name);
  }
  if (open.length) return `not closed: ${open}`;
  if (/NaN|undefined|Infinity|\[object|null/.test(svg)) return 'a value that is none';
  for (const [, id] of svg.matchAll(/(?:url\(#|href="#)(\w+)/g))
    if (!ids.has(id)) return `no ${id}`;
}

/** A picture of every kind in every shape. */
function examples() {
  const found = new Map();
  for (let k = 0; k < 12000; k++) {
    const { choice } = compose(k);
    const key = `${choice.kind.key} ${choice.shape[0]} ${choice.cut}`;
    if (!found.has(key)) found.set(key, choice);
  }
  return [...found.values()];
}

const choices = examples();

test('every shape of every kind is drawn', () => {
  const drawn = new Set(choices.map(({ kind, shape }) => `${kind.key} ${shape[0]}`));
  const wanted = categories.flatMap(({ kinds }) =>
    kinds.flatMap(({ key, shapes }) => shapes.map(([shape]) => `${key} ${shape}`)),
  );
  assert.deepEqual(
    wanted.filter((key) => !drawn.has(key)),
    [],
  );
});

test('pictures are well-formed, small, titled, and hold neither scripts nor links', () => {
  for (const choice of choices) {
    const svg = draw(choice);
    const name = pictureOf(choice);
    assert.equal(complaint(svg), undefined, name);
    assert.ok(Buffer.byteLength(svg) < 4096, `${name}: ${Buffer.byteLength(svg)} bytes`);
    assert.ok(
      svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400"'),
      name,
    );
    assert.match(svg, /<title>[A-Z][^<]+<\/title>/, name);
    assert.doesNotMatch(
      svg,
      /<script|<image|<foreignObject|\son\w+=|javascript:|(?:href|src)="(?!#)|url\((?!#)/i,
      name,
    );
  }
});

test('a picture is the same each time, and another one for another shape or colour', () => {
  const pictures = new Map();
  for (let k = 0; k < 1000; k++) {
    const { choice } = compose(k);
    const svg = draw(choice);
    assert.equal(draw(choice), svg);
    const known = pictures.get(svg);
    assert.ok(
      known === undefined || known === pictureOf(choice),
      `${known} and ${pictureOf(choice)}`,
    );
    pictures.set(svg, pictureOf(choice));
  }
  assert.ok(pictures.size > 850, `${pictures.size}`);
});

test('the names of pictures are ones that the file server accepts', () => {
  for (const choice of choices) assert.match(pictureOf(choice), /^[a-z-]+\/[a-z0-9-]+\.svg$/);
});
