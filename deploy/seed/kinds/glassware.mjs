import { kind } from './kind.mjs';

const glasses = 'glass, recycled glass, smoked glass';

/** @type {import('./kind.mjs').Category} */
export const glassware = {
  id: 'glassware',
  name: 'Glassware',
  family: 'glass',
  weight: 3,
  kinds: [
    kind('tumblers', {
      weight: 3,
      price: [1400, 600, 2900],
      materials: glasses,
      colours: 'glaze',
      finish: 'in {c} {m}',
      place: 'table',
      measure: 'Each holds {22-36} cl.',
      sizes: { 'set of 2': [1, 2], 'set of 4': [1, 4], 'set of 6': [1, 6] },
      shapes: {
        straight: 'Straight sides, a heavy base.',
        fluted: 'Fluted sides break the light.',
        barrel: 'A little wider in the middle, like a barrel.',
      },
      opens: [
        'Tumblers for water and for better things',
        'Glasses that ring when they meet',
        'Tumblers that make tap water look expensive',
      ],
      facts: ['They stack.', 'They are safe in the dishwasher, at 50 degrees and less.'],
    }),
    kind('carafe', {
      weight: 3,
      price: [4900, 2400, 11900],
      materials: glasses,
      colours: 'glaze',
      finish: 'in {c} {m}',
      place: 'table',
      measure: 'It holds {75-130} cl.',
      shapes: {
        flask: 'It is shaped like a flask of the chemistry room.',
        slender: 'Slender, with a waist for the hand.',
        stopper: 'A round stopper keeps the flies out.',
      },
      opens: [
        'A carafe for the middle of the table',
        'A carafe for water, wine or a long stem',
        'A clear shape for clear drinks',
      ],
      facts: ['It fits in the door of the fridge.', 'The neck is wide enough for ice.'],
    }),
    kind('wine glasses', {
      weight: 3,
      price: [1900, 900, 4400],
      materials: glasses,
      colours: 'glaze',
      finish: 'in {c} {m}',
      place: 'table',
      measure: 'Each holds {28-48} cl.',
      sizes: { 'set of 2': [1, 2], 'set of 4': [1, 4], 'set of 6': [1, 6] },
      shapes: {
        tulip: 'The bowl closes like a tulip at night.',
        coupe: 'A wide, flat bowl for bubbles.',
        goblet: 'A sturdy bowl on a short stem.',
      },
      opens: [
        'Wine glasses for ordinary Tuesdays',
        'Glasses that lift a modest wine',
        'Stemmed glasses with a low centre of gravity',
      ],
      facts: [
        'The stem is drawn from the bowl, not glued to it.',
        'The rim is cut and fire-polished.',
      ],
    }),
    kind('glass vase', {
      weight: 3,
      price: [5900, 2400, 17900],
      materials: glasses,
      colours: 'glaze',
      finish: 'in {c} {m}',
      place: 'table',
      measure: '{18-34} cm high.',
      shapes: {
        bubble: 'A bubble with a collar, as simple as that.',
        column: 'A tall column with a thick base.',
        wave: 'Its rim goes up and down like a wave.',
      },
      opens: [
        'A vase that lets the stems be seen',
        'A vase that the morning sun likes',
        'A glass vase for one stem or twenty',
      ],
      facts: [
        'It is thick at the base and does not tip.',
        'Blown in a wooden mould, wet with water.',
      ],
    }),
  ],
};
