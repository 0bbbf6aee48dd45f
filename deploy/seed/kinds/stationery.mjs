import { kind } from './kind.mjs';

/** @type {import('./kind.mjs').Category} */
export const stationery = {
  id: 'stationery',
  name: 'Stationery',
  family: 'paper',
  weight: 4,
  kinds: [
    kind('notebook', {
      weight: 4,
      price: [1900, 900, 4900],
      materials: 'linen, paper, leather, cotton',
      colours: 'paper',
      finish: 'in {c} {m}',
      place: 'flat',
      sizes: { A5: 1, A4: 1.4, pocket: 0.7 },
      shapes: {
        band: 'An elastic band keeps it shut.',
        label: 'A label on the cover waits for a title.',
        pattern: 'A pattern of arcs is pressed into the cover.',
        spine: 'The spine is bound in another shade.',
      },
      opens: [
        'A notebook that lies flat at every page',
        'A notebook for lists, sketches and secrets',
        'A book whose text is up to you',
      ],
      facts: [
        '144 pages of 100-gram paper, sewn in sections.',
        'Ink does not show through.',
        'Two ribbons mark two places.',
      ],
    }),
    kind('pencils', {
      weight: 2,
      price: [250, 190, 500],
      materials: 'beech, ash, birch',
      colours: 'paper',
      finish: 'in {m} and {c}',
      place: 'flat',
      sizes: { 'set of 3': [1.6, 3], 'set of 6': [1.5, 6] },
      shapes: {
        hex: 'Six-sided, so that they stay on the desk.',
        round: 'Round and a little thicker than most.',
      },
      opens: [
        'Pencils with a soft, dark line',
        'Pencils that are pleasant to chew on',
        'Pencils for plans that may change',
      ],
      facts: [
        'The lead is a 2B and does not break when it is dropped.',
        'They come sharpened, with a cap.',
      ],
    }),
    kind('fountain pen', {
      weight: 2,
      price: [8900, 3900, 24900],
      materials: 'brass, aluminium, copper, steel',
      colours: 'paper',
      finish: 'in {m} and {c} lacquer',
      place: 'flat',
      measure: '{12-14} cm long, {18-32} grams.',
      shapes: {
        round: 'A slim cigar with rounded ends.',
        flat: 'Straight, with flat ends and a short clip.',
      },
      opens: [
        'A pen that makes handwriting better, or at least slower',
        'A fountain pen for signing and for shopping lists',
        'A pen with a spring in its nib',
      ],
      facts: [
        'The nib is of medium width and can be changed.',
        'It takes cartridges, and comes with a converter.',
      ],
    }),
    kind('greeting cards', {
      weight: 3,
      price: [260, 190, 450],
      materials: 'cotton, paper',
      colours: 'paper',
      finish: 'in {c} {m}',
      place: 'flat',
      sizes: { 'set of 5': [1.3, 5], 'set of 8': [1.2, 8] },
      shapes: {
        sun: 'A sun over hills is printed on the front.',
        bouquet: 'Three leaves and a flower are printed on the front.',
        shapes: 'Cut-out shapes dance on the front.',
      },
      opens: [
        'Cards for birthdays, thanks and no reason at all',
        'Cards that get put on the fridge',
        'Cards that say most of it already',
      ],
      facts: [
        'Envelopes with a coloured lining are included.',
        'Printed by letterpress, one colour at a time.',
      ],
    }),
    kind('desk tray', {
      weight: 2,
      price: [3900, 1900, 8900],
      materials: 'oak, walnut, ash, birch, black ash, beech',
      colours: 'paper',
      seconds: 'felt, leather',
      finish: 'in {m} with {c} {s}',
      place: 'flat',
      measure: '{22-32} by {14-20} cm.',
      shapes: {
        three: 'Three compartments, of three widths.',
        two: 'One long and one square compartment.',
      },
      opens: [
        'A tray that brings order to small things',
        'A home for pens, clips and the spare key',
        'A tray for the desk or the hall',
      ],
      facts: ['It is milled from one piece of wood.', 'Four dots of rubber keep it in its place.'],
    }),
  ],
};
