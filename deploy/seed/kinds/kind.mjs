// What every kind of product says about itself. The composer (compose.mjs) makes products of it,
// the drawings (draw/) make pictures of it.

import { colourGroups } from '../words/colours.mjs';
import { materials } from '../words/materials.mjs';

/** @typedef {import('../words/colours.mjs').Colour} Colour */
/** @typedef {import('../words/material.mjs').Material} Material */
/** @typedef {import('../words/makers.mjs').Collection} Collection */

/** @typedef {{label: string, factor: number, count: number}} Size */

/**
 * @typedef {object} Kind
 * @property {string} key in file names
 * @property {string} noun as in "Halden dining chair"
 * @property {number} weight how many of ten or so products of the category are of this kind
 * @property {[number, number, number]} price in cents: usual, lowest and highest believable
 * @property {Material[]} materials what {m} can be
 * @property {Colour[]} colours what {c} can be; empty when it has only the colour of its material
 * @property {Material[]} seconds what {s} can be
 * @property {string} finish of the name, with {m}, {c} and {s}
 * @property {[string, string][]} shapes key for the drawing, and a sentence that says the same
 * @property {string[]} opens beginnings of the first sentence, which goes on with ", " and the finish
 * @property {string[]} facts sentences that are true of every one of the kind
 * @property {Size[]} sizes of which one is in the name; a single one without a label when it has none
 * @property {string} measure the last sentence; {12-18} stands for a number of the model
 * @property {'room' | 'table' | 'wall' | 'flat'} place where its picture shows it
 */

/** @typedef {{id: string, name: string, family: string, weight: number, kinds: Kind[]}} Category */

/**
 * @param {string | undefined} words
 * @param {Record<string, any>} of
 */
const pickFrom = (words, of) =>
  (words ? words.split(', ') : []).map((word) => {
    if (!of[word]) {
      throw new Error(`no such material: ${word}`);
    }
    return of[word];
  });

/**
 * @param {string} noun
 * @param {{price: [number, number, number], materials: string, finish: string, opens: string[],
 *   facts: string[], shapes: Record<string, string>, place: Kind['place'], measure?: string,
 *   weight?: number, colours?: keyof typeof colourGroups, seconds?: string,
 *   sizes?: Record<string, number | [number, number]>}} of `sizes` are label: factor on the price,
 *   or [factor, how many are in the set]
 * @returns {Kind}
 */
export function kind(noun, of) {
  const sizes = Object.entries(of.sizes ?? { '': 1 }).map(([label, how]) => {
    const [factor, count] = Array.isArray(how) ? how : [how, 1];
    return { label, factor, count };
  });
  return {
    key: noun.replace(/[^a-z]+/g, '-'),
    noun,
    weight: of.weight ?? 2,
    price: of.price,
    materials: pickFrom(of.materials, materials),
    colours: of.colours ? colourGroups[of.colours] : [],
    seconds: pickFrom(of.seconds, materials),
    finish: of.finish,
    shapes: Object.entries(of.shapes),
    opens: of.opens,
    facts: of.facts,
    sizes,
    measure: of.measure ?? '',
    place: of.place,
  };
}
