import { kind } from './kind.mjs';

const pots = 'terracotta, stoneware, concrete';

/** A plant stands in a pot of a colour; its shapes are ways in which pots are made. */
const plant = (noun, weight, price, opens, facts) =>
  kind(noun, {
    weight,
    price,
    materials: 'stoneware, earthenware, concrete',
    colours: 'glaze',
    finish: 'in a {c} {m} pot',
    place: 'table',
    opens,
    facts,
    measure: '{25-60} cm high with its pot.',
    shapes: {
      cone: 'The pot widens towards its rim.',
      belly: 'The pot is round and a little narrower above.',
      band: 'A raw band runs around the pot.',
    },
  });

/** @type {import('./kind.mjs').Category} */
export const plants = {
  id: 'plants',
  name: 'Plants & Pots',
  family: 'garden',
  weight: 4,
  kinds: [
    plant(
      'monstera',
      3,
      [4900, 2400, 11900],
      [
        'A monstera with holes in all the right places',
        'A plant that likes a room and shows it',
        'A young monstera with great plans',
      ],
      [
        'It wants water once a week and no direct sun.',
        'New leaves unroll in spring, without holes at first.',
      ],
    ),
    plant(
      'snake plant',
      2,
      [3900, 1900, 8900],
      [
        'A snake plant for people who travel',
        'A plant that forgives everything',
        'An upright plant for dark corners',
      ],
      [
        'Water every three weeks is plenty.',
        'It cleans the air at night, so it may stand in a bedroom.',
      ],
    ),
    plant(
      'olive tree',
      2,
      [6900, 3400, 15900],
      [
        'A small olive tree for a sunny window',
        'A tree that brings the south along',
        'A young olive with an old soul',
      ],
      ['It likes sun, wind and a holiday outdoors.', 'Let the soil dry before it is watered.'],
    ),
    plant(
      'cactus',
      2,
      [2900, 1200, 6900],
      [
        'A cactus for the window sill',
        'A quiet lodger with a sharp character',
        'A plant that flowers when nobody expects it',
      ],
      [
        'A spoonful of water a month, none in winter.',
        'It turns towards the light, so turn it now and then.',
      ],
    ),
    plant(
      'string of hearts',
      2,
      [3400, 1600, 7900],
      [
        'A trailing plant for a high shelf',
        'Hundreds of small leaves on thin threads',
        'A plant that grows downwards',
      ],
      ['The threads reach a metre in two years.', 'Cuttings root in a glass of water.'],
    ),
    kind('planter', {
      weight: 3,
      price: [4900, 1900, 16900],
      materials: pots,
      colours: 'garden',
      finish: 'in {m} with a {c} rim',
      place: 'table',
      sizes: { '20 cm': 0.7, '30 cm': 1.1 },
      shapes: {
        tub: 'A plain tub with a rolled rim.',
        bowl: 'A low bowl for succulents and bulbs.',
        legs: 'It stands on three short legs.',
      },
      opens: [
        'A planter for herbs, bulbs or a lemon tree',
        'A pot with room for roots',
        'A planter that makes basil look important',
      ],
      facts: [
        'There is a hole in the bottom and a saucer below it.',
        'It stays outdoors down to minus ten degrees.',
      ],
    }),
    kind('watering can', {
      weight: 2,
      price: [5400, 2900, 12900],
      materials: 'zinc, powder-coated steel, copper',
      colours: 'garden',
      finish: 'in {m} and {c}',
      place: 'table',
      measure: 'It holds {12-50} dl.',
      shapes: {
        long: 'A long, thin spout gets in under the leaves.',
        garden: 'A brass rose makes a soft rain.',
      },
      opens: [
        'A watering can that may stay out on the sill',
        'A can with an easy balance, full or empty',
        'A can for the plants and those who love them',
      ],
      facts: [
        'It pours to the last drop without a splash.',
        'It is soldered by hand and tested for a night.',
      ],
    }),
  ],
};
