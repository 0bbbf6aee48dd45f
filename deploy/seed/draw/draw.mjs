// The picture of a product. It shows what the description says: kind, shape, materials and colours.
// Products that agree in all of those share one picture, which is named after them.

import { tones } from '../colour.mjs';
import { hash32, Random } from '../random.mjs';
import { bagDrawings } from './bags.mjs';
import { basketDrawings } from './baskets.mjs';
import { candleDrawings } from './candles.mjs';
import { ceramicDrawings } from './ceramics.mjs';
import { chairDrawings } from './chairs.mjs';
import { clockDrawings } from './clocks.mjs';
import { glassDrawings } from './glassware.mjs';
import { kitchenDrawings } from './kitchen.mjs';
import { lampDrawings } from './lamps.mjs';
import { plantDrawings } from './plants.mjs';
import { rugDrawings } from './rugs.mjs';
import { backdrop } from './scene.mjs';
import { Sheet } from './sheet.mjs';
import { sofaDrawings } from './sofas.mjs';
import { stationeryDrawings } from './stationery.mjs';
import { storageDrawings } from './storage.mjs';
import { tableDrawings } from './tables.mjs';
import { textileDrawings } from './textiles.mjs';

/** @typedef {import('../colour.mjs').Tones} Tones */

/**
 * What a drawing is of: tones of the material (m), the colour (c) and the second material (s),
 * their words, the shape's key and the proportions.
 * @typedef {{m: Tones, c: Tones, s: Tones, material: string, second: string, shape: string,
 *   cut: number, random: Random}} Look
 */
/** @typedef {(sheet: Sheet, look: Look) => void} Drawing */

/** @type {Record<string, Drawing>} */
const drawings = {
  ...chairDrawings,
  ...tableDrawings,
  ...sofaDrawings,
  ...storageDrawings,
  ...lampDrawings,
  ...rugDrawings,
  ...textileDrawings,
  ...ceramicDrawings,
  ...glassDrawings,
  ...kitchenDrawings,
  ...plantDrawings,
  ...basketDrawings,
  ...bagDrawings,
  ...clockDrawings,
  ...stationeryDrawings,
  ...candleDrawings,
};

/** How much nearer than the others one looks at small and low things. @type {Record<string, number>} */
const closer = {
  mug: 1.2,
  bowl: 1.15,
  teapot: 1.1,
  jug: 1.1,
  tumblers: 1.2,
  saucepan: 1.06,
  'scented-candle': 1.2,
  planter: 1.1,
  'side-table': 1.08,
  stool: 1.15,
  'bedside-table': 1.12,
  'storage-basket': 1.1,
};

/** @param {string} word @returns {string} in small letters without accents, for a file name */
const slug = (word) =>
  word
    .normalize('NFD')
    .toLowerCase()
    .replace(/[’\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '-');

/**
 * @param {import('../compose.mjs').Choice} choice
 * @returns {string} below the directory of the pictures, "chairs/dining-chair-ladder-oak-rust-wool-1.svg"
 */
export function pictureOf({ category, kind, shape, material, colour, second, cut }) {
  const words = [kind.key, shape[0], material.word, colour?.word, second?.word, String(cut)];
  return `${category.id}/${words
    .filter((word) => word !== undefined)
    .map(slug)
    .join('-')}.svg`;
}

/**
 * @param {import('../compose.mjs').Choice} choice
 * @returns {string} an SVG file of less than 4 KB
 */
export function draw(choice) {
  const { kind, shape, material, colour, second, cut } = choice;
  const sheet = new Sheet();
  const name = pictureOf(choice);
  // What nearly fills the picture is what the wall must suit.
  const main = colour && !kind.finish.startsWith('in {m} and') ? colour.hex : material.hex;
  backdrop(sheet, { hex: main, turn: hash32(name) % 60, place: kind.place });
  const m = tones(material.hex);
  const zoom = closer[kind.key];
  if (zoom) sheet.add(`<g transform="translate(200 326) scale(${zoom}) translate(-200 -326)">`);
  drawings[kind.key](sheet, {
    m,
    c: colour ? tones(colour.hex) : m,
    s: second ? tones(second.hex) : m,
    material: material.word,
    second: second?.word ?? '',
    shape: shape[0],
    cut,
    random: new Random(name),
  });
  if (zoom) sheet.add('</g>');
  const noun = kind.noun[0].toUpperCase() + kind.noun.slice(1);
  const finish = kind.finish
    .replace('{m}', material.word)
    .replace('{c}', colour?.word ?? '')
    .replace('{s}', second?.word ?? '');
  return sheet.toSvg(`${noun} ${finish}`);
}

export const isDrawn = (key) => key in drawings;
