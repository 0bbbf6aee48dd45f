// What things are made of: the word in the name, the tone in the picture, what it does to the
// price, and what can truthfully be said about it whatever it was made into.

/**
 * @typedef {object} Material
 * @property {string} word
 * @property {string} hex
 * @property {number} factor on the price of the kind
 * @property {string[]} says whole sentences
 */

/** @type {Record<string, Material>} */
export const materials = {};

/**
 * @param {string} word
 * @param {string} hex
 * @param {number} factor
 * @param {...string} says
 */
export function add(word, hex, factor, ...says) {
  materials[word] = { word, hex, factor, says };
}
