// Makes product number k. Everything about it follows from k alone: the same on every machine, and
// the same whether a hundred or a hundred thousand are made.

import { createHash } from 'node:crypto';

import { designerOf } from './designers.mjs';
import { categories } from './kinds/all.mjs';
import { priceOf } from './prices.mjs';
import { permute, Random } from './random.mjs';
import { families } from './words/makers.mjs';

/** @typedef {import('./kinds/kind.mjs').Category} Category */
/** @typedef {import('./kinds/kind.mjs').Kind} Kind */

/**
 * Which of a kind's many versions a product is.
 * @typedef {object} Choice
 * @property {Category} category
 * @property {Kind} kind
 * @property {import('./words/makers.mjs').Collection} collection
 * @property {import('./kinds/kind.mjs').Material} material
 * @property {import('./kinds/kind.mjs').Colour | undefined} colour
 * @property {import('./kinds/kind.mjs').Material | undefined} second
 * @property {import('./kinds/kind.mjs').Size} size
 * @property {[string, string]} shape of the model, as are the next two: a collection's dining chair
 *   is one chair, whatever its wood and cover
 * @property {number} cut 0..2, the model's proportions
 * @property {number} luck on the price
 * @property {number} edition 1, or more when every version exists already
 */

/**
 * @typedef {object} Product
 * @property {string} id a UUID
 * @property {string} name
 * @property {string} description
 * @property {string} categoryId
 * @property {number} price in minor units
 * @property {number} onHand
 * @property {string} createTime RFC 3339
 * @property {Choice} choice
 */

const FIRST_DAY = Date.UTC(2022, 2, 1);
const DAYS = 1280;

/**
 * Deals out things by weight, in blocks: each block holds every thing as often as it weighs, in an
 * order of its own.
 * @template {{weight: number}} T
 * @param {number} index
 * @param {T[]} things
 * @param {string} key
 * @returns {{thing: T, ordinal: number}} the ordinal counts the earlier ones of the same thing
 */
function deal(index, things, key) {
  const slots = things.flatMap((thing) =>
    Array.from({ length: thing.weight }, (_, at) => ({ thing, at })),
  );
  const block = Math.floor(index / slots.length);
  const { thing, at } = new Random(`${key} ${block}`).shuffle(slots)[index % slots.length];
  return { thing, ordinal: block * thing.weight + at };
}

/**
 * @param {number} k from 0
 * @returns {Choice}
 */
export function choose(k) {
  const { thing: category, ordinal } = deal(k, categories, 'categories');
  const { thing: kind, ordinal: version } = deal(ordinal, category.kinds, category.id);
  const digits = [
    families[category.family],
    kind.materials,
    kind.colours,
    kind.seconds,
    kind.sizes,
  ];
  const versions = digits.reduce((product, list) => product * Math.max(1, list.length), 1);
  let rest = permute(version % versions, versions, kind.key);
  const [collection, material, colour, second, size] = digits.map((list) => {
    const at = rest % Math.max(1, list.length);
    rest = Math.floor(rest / Math.max(1, list.length));
    return list[at];
  });
  const model = new Random(`${collection.name} ${kind.key}`);
  return {
    category,
    kind,
    collection,
    material,
    colour,
    second,
    size,
    edition: 1 + Math.floor(version / versions),
    shape: model.pick(kind.shapes),
    cut: model.int(0, 2),
    luck: model.range(0.9, 1.12),
  };
}

/** @param {string} text @param {Choice} choice */
const fill = (text, { material, colour, second }) =>
  text
    .replace('{m}', material.word)
    .replace('{c}', colour?.word ?? '')
    .replace('{s}', second?.word ?? '')
    .replace(/\bin a (?=[aeiou])/, 'in an ')
    .replace(/\bwith a (?=[aeiou])/, 'with an ');

/** @param {Choice} choice */
function nameOf(choice) {
  const { kind, collection, size, edition } = choice;
  const name = `${collection.name} ${kind.noun} ${fill(kind.finish, choice)}`;
  return name + (size.label && `, ${size.label}`) + (edition > 1 ? `, no. ${edition}` : '');
}

/** @param {Choice} choice @param {Random} random */
function describe(choice, random) {
  const { kind, collection, material, colour, shape } = choice;
  const sentences = [
    `${random.pick(kind.opens)}, ${fill(kind.finish, choice)}.`,
    shape[1],
    random.pick(material.says),
  ];
  if (colour) {
    const word = colour.word[0].toUpperCase() + colour.word.slice(1);
    sentences.push(
      random.pick([
        `The colour, ${colour.word}, is ${colour.like}.`,
        `${word} is ${colour.like}.`,
        `Its ${colour.word} is ${colour.like}.`,
      ]),
    );
  }
  sentences.push(random.pick(kind.facts));
  const { maker } = collection;
  const designer = designerOf(collection);
  sentences.push(
    random.pick([
      `Designed by ${designer} for ${maker.name}, ${maker.place}.`,
      `${designer} drew it for ${maker.name}, ${maker.place}.`,
      `From the ${collection.name} collection, by ${designer} for ${maker.name}, ${maker.place}.`,
    ]),
  );
  const model = new Random(`${collection.name} ${kind.key} measures`);
  if (kind.measure) {
    sentences.push(
      kind.measure.replace(/\{(\d+)-(\d+)\}/g, (_, low, high) => String(model.int(+low, +high))),
    );
  }
  return sentences.join(' ');
}

/** @param {Choice} choice @returns {number} in minor units */
function priceFor({ kind, collection, material, second, size, luck }) {
  const [base, low, high] = kind.price;
  // A set's bounds are those of its pieces.
  const pieces = size.count ** 0.88;
  return priceOf({
    base,
    low: low * pieces,
    high: high * pieces,
    count: size.count,
    ending: collection.maker.ending,
    factors: [
      material.factor,
      second ? (1 + second.factor) / 2 : 1,
      size.factor,
      collection.maker.tier,
      luck,
    ],
  });
}

/** Dear things are made in small numbers; a few of everything are sold out or nearly so. */
function stockFor(random, price) {
  if (random.chance(0.03)) return 0;
  if (random.chance(0.08)) return random.int(1, 4);
  const usual = price > 60000 ? 18 : price > 15000 ? 45 : price > 5000 ? 110 : 240;
  return Math.ceil(usual * random.range(0.3, 1.7));
}

/** @param {number} k @returns {string} a UUID of version 5, from a name that is ours */
export function idOf(k) {
  const hex = createHash('sha1').update(`cartwright demo product ${k}`).digest('hex');
  const variant = ((parseInt(hex[16], 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/**
 * @param {number} k from 0
 * @returns {Product}
 */
export function compose(k) {
  const choice = choose(k);
  const random = new Random(`product ${k}`);
  const price = priceFor(choice);
  const createTime = new Date(FIRST_DAY + Math.floor(random.next() * DAYS * 86400) * 1000);
  return {
    id: idOf(k),
    name: nameOf(choice),
    description: describe(choice, random),
    categoryId: choice.category.id,
    price,
    onHand: stockFor(random, price),
    createTime: createTime.toISOString(),
    choice,
  };
}
