import { kind } from './kind.mjs';

const waxes = 'soy wax, rapeseed wax, beeswax';

/** @type {import('./kind.mjs').Category} */
export const candles = {
  id: 'candles',
  name: 'Candles & Soap',
  family: 'wax',
  weight: 4,
  kinds: [
    kind('pillar candle', {
      weight: 3,
      price: [1900, 900, 3900],
      materials: waxes,
      colours: 'wax',
      finish: 'in {c} {m}',
      place: 'table',
      measure: '{10-18} cm high; it burns for {40-80} hours.',
      shapes: {
        plain: 'A plain column with a soft edge.',
        ribbed: 'Ribs run from top to bottom.',
        bubbles: 'It is cast as a stack of bubbles.',
      },
      opens: [
        'A candle for long evenings',
        'A candle that stands on its own',
        'A steady light with a small footprint',
      ],
      facts: [
        'The wick is cotton and wants to be cut to half a centimetre.',
        'It does not drip when it is out of the draught.',
      ],
    }),
    kind('scented candle', {
      weight: 4,
      price: [3400, 1600, 6900],
      materials: waxes,
      colours: 'wax',
      finish: 'in {m}, in a {c} glass',
      place: 'table',
      sizes: { '180 g': 0.8, '300 g': 1.15 },
      shapes: {
        fig: 'It smells of fig leaves and warm stone.',
        cedar: 'It smells of cedar and a little smoke.',
        citrus: 'It smells of bergamot and bitter orange.',
        lavender: 'It smells of lavender and hay.',
      },
      opens: [
        'A scented candle that stays in the background',
        'A candle that smells like somewhere',
        'A scent for the hour before dinner',
      ],
      facts: [
        'The glass is a good tumbler afterwards.',
        'It burns for about 45 hours.',
        'The scent is free of phthalates and clears off when the window is opened.',
      ],
    }),
    kind('dinner candles', {
      weight: 3,
      price: [220, 190, 420],
      materials: waxes,
      colours: 'wax',
      finish: 'in {c} {m}',
      place: 'table',
      sizes: { 'set of 4': [1.9, 4], 'set of 6': [1.7, 6] },
      shapes: {
        taper: 'Slim, and slimmer towards the top.',
        twist: 'Twisted by hand while they are warm.',
      },
      opens: [
        'Dinner candles that last until the coffee',
        'Tapers for a table with flowers',
        'Candles in a colour that the napkins will like',
      ],
      facts: ['They are coloured all the way through.', 'They fit every holder of 22 millimetres.'],
    }),
    kind('candle holder', {
      weight: 3,
      price: [3900, 1600, 9900],
      materials: 'brass, copper, cast iron, marble, travertine, steel',
      finish: 'in {m}',
      place: 'table',
      measure: '{6-22} cm high, for candles of 22 millimetres.',
      shapes: {
        chamber: 'A dish with a ring for the finger.',
        column: 'Turned like a small column.',
        trio: 'Three arms, at three heights.',
      },
      opens: [
        'A candle holder with some weight to it',
        'A small stage for a flame',
        'A holder for one light or a row of them',
      ],
      facts: ['A bed of felt protects the table.', 'Wax comes off with warm water.'],
    }),
    kind('bar of soap', {
      weight: 2,
      price: [900, 500, 1900],
      materials: 'olive oil soap, goat’s milk soap, clay soap',
      colours: 'wax',
      finish: 'in {c} {m}',
      place: 'flat',
      sizes: { '100 g': 1, 'set of 3': [1, 3] },
      shapes: {
        oval: 'It is pressed into an oval that fits the hand.',
        block: 'It is cut from the block, with a stamp on top.',
        wave: 'Waves on both sides help it to dry.',
      },
      opens: [
        'A mild soap for hands and face',
        'A soap that lasts for a month or more',
        'A bar without palm oil or plastic',
      ],
      facts: ['It lasts longer on a dish that drains.', 'It is scented with nothing but plants.'],
    }),
  ],
};
