import { kind } from './kind.mjs';

const fibres = 'willow, rattan, seagrass, jute';

/** @type {import('./kind.mjs').Category} */
export const baskets = {
  id: 'baskets',
  name: 'Baskets',
  family: 'basket',
  weight: 3,
  kinds: [
    kind('storage basket', {
      weight: 4,
      price: [4900, 2400, 12900],
      materials: fibres,
      colours: 'canvas',
      finish: 'in {m} and {c}',
      place: 'room',
      sizes: { small: 0.7, large: 1.2 },
      shapes: {
        dipped: 'The lower half is dyed, as if it had been dipped.',
        bands: 'Two dyed bands run around it.',
        plain: 'Only its rim is dyed.',
      },
      opens: [
        'A basket for toys, wool and firewood',
        'A round basket that tidies up by being there',
        'A place for whatever has none',
      ],
      facts: ['Two handles are woven in, not sewn on.', 'It stands by itself, full or empty.'],
    }),
    kind('laundry basket', {
      weight: 3,
      price: [9900, 4900, 22900],
      materials: 'willow, rattan, bamboo',
      colours: 'canvas',
      seconds: 'cotton, linen, canvas',
      finish: 'in {m} with a {c} {s} lining',
      place: 'room',
      measure: '{52-64} cm high, {36-44} cm across.',
      shapes: {
        lidded: 'The lid is light and lifts with one finger.',
        open: 'It is open at the top, and the lining folds over the rim.',
      },
      opens: [
        'A laundry basket that need not be hidden',
        'A tall basket for the week’s shirts',
        'A basket that makes laundry look planned',
      ],
      facts: ['The lining comes out and goes in the wash as well.', 'Air gets in from all sides.'],
    }),
    kind('market basket', {
      weight: 3,
      price: [6900, 2900, 14900],
      materials: 'seagrass, willow, jute',
      colours: 'leather',
      seconds: 'leather',
      finish: 'in {m} with {c} {s} handles',
      place: 'room',
      measure: '{38-48} cm wide.',
      shapes: {
        tote: 'Long handles go over the shoulder.',
        trug: 'One bow handle goes over the arm.',
      },
      opens: [
        'A basket for the market, the beach and back',
        'A basket with room for leeks',
        'A basket that carries more than it weighs',
      ],
      facts: [
        'It is woven around a wooden form, in one piece.',
        'The handles are riveted, with a patch behind each rivet.',
      ],
    }),
    kind('bread basket', {
      weight: 2,
      price: [2900, 1400, 6900],
      materials: 'willow, rattan, bamboo',
      colours: 'cloth',
      seconds: 'linen, cotton',
      finish: 'in {m} with a {c} {s} cloth',
      place: 'table',
      measure: '{24-34} cm across.',
      shapes: { oval: 'Oval, for a loaf.', round: 'Round, for rolls.' },
      opens: [
        'A basket for Sunday’s rolls',
        'A small basket for bread, fruit or keys',
        'A basket that brings breakfast to the table',
      ],
      facts: [
        'The cloth keeps rolls warm and comes out for the wash.',
        'Crumbs fall out when it is turned over. That is all the care it needs.',
      ],
    }),
  ],
};
