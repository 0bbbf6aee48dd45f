// Who designed a collection: a person who could come from where its maker works.

import { base, da, de, Faker, fi, fr, it, nl, pt_PT, sv } from '@faker-js/faker';

import { Random } from './random.mjs';

/** @typedef {import('./words/makers.mjs').Collection} Collection */

const random = new Random();
const fakers = Object.fromEntries(
  Object.entries({ da, de, fi, fr, it, nl, pt_PT, sv }).map(([name, locale]) => [
    name,
    new Faker({ locale: [locale, base], randomizer: random }),
  ]),
);

/** @type {WeakMap<Collection, string>} */
const known = new WeakMap();

/**
 * @param {Collection} collection
 * @returns {string} first and last name, always the same for a collection
 */
export function designerOf(collection) {
  let designer = known.get(collection);
  if (!designer) {
    random.restart(`designer of ${collection.name} at ${collection.maker.name}`);
    const { person } = fakers[collection.maker.locale];
    designer = `${person.firstName()} ${person.lastName()}`;
    known.set(collection, designer);
  }
  return designer;
}
