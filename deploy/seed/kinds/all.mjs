// The shop's categories, in the order in which it shows them.

import { bags } from './bags.mjs';
import { baskets } from './baskets.mjs';
import { candles } from './candles.mjs';
import { ceramics } from './ceramics.mjs';
import { chairs } from './chairs.mjs';
import { clocks } from './clocks.mjs';
import { glassware } from './glassware.mjs';
import { kitchen } from './kitchen.mjs';
import { lamps } from './lamps.mjs';
import { plants } from './plants.mjs';
import { rugs } from './rugs.mjs';
import { sofas } from './sofas.mjs';
import { stationery } from './stationery.mjs';
import { storage } from './storage.mjs';
import { tables } from './tables.mjs';
import { textiles } from './textiles.mjs';

/** @type {import('./kind.mjs').Category[]} */
export const categories = [
  chairs,
  tables,
  sofas,
  storage,
  lamps,
  rugs,
  textiles,
  ceramics,
  glassware,
  kitchen,
  plants,
  baskets,
  bags,
  clocks,
  stationery,
  candles,
];
