import { kind } from './kind.mjs';

/** @type {import('./kind.mjs').Category} */
export const textiles = {
  id: 'textiles',
  name: 'Textiles',
  family: 'cloth',
  weight: 4,
  kinds: [
    kind('cushion', {
      weight: 4,
      price: [4900, 1900, 12900],
      materials: 'linen, cotton, wool, velvet, bouclé, corduroy, mohair',
      colours: 'cloth',
      finish: 'in {c} {m}',
      place: 'table',
      sizes: { '40 × 40 cm': 0.8, '50 × 50 cm': 1 },
      shapes: {
        plain: 'It is plain, with a piped edge.',
        stripes: 'Fine stripes run from top to bottom.',
        check: 'A window-pane check gives it some order.',
        dots: 'It is sown with small dots, each of them stitched.',
      },
      opens: [
        'A cushion for the small of the back',
        'A cushion that gives a sofa a reason',
        'A soft square of colour',
      ],
      facts: [
        'The filling is included: feathers from geese that were not plucked alive.',
        'The zip is hidden in the seam.',
        'The cover may be washed at 30 degrees.',
      ],
    }),
    kind('throw', {
      weight: 4,
      price: [11900, 4900, 34900],
      materials: 'wool, lambswool, alpaca, mohair, cotton',
      colours: 'cloth',
      finish: 'in {c} {m}',
      place: 'flat',
      measure: '{125-140} by {175-200} cm.',
      shapes: {
        plaid: 'Wide checks cross it in two shades.',
        herringbone: 'A fine herringbone can be seen from close by.',
        stripe: 'One band of stripes marks each end.',
      },
      opens: [
        'A throw for cold feet and long films',
        'A warm layer that weighs next to nothing',
        'A blanket for the balcony in May',
      ],
      facts: [
        'It is finished with a short, twisted fringe.',
        'Airing is enough: it rarely needs a wash.',
        'It is woven from yarn that was dyed first, so both sides look alike.',
      ],
    }),
    kind('bath towel', {
      weight: 3,
      price: [2900, 1400, 6900],
      materials: 'cotton, linen',
      colours: 'cloth',
      finish: 'in {c} {m}',
      place: 'flat',
      sizes: { '50 × 100 cm': 0.7, '70 × 140 cm': 1, 'set of 4': [0.7, 4] },
      shapes: {
        waffle: 'The waffle weave is light and dries fast.',
        band: 'A woven band marks both ends.',
        stripes: 'Broad stripes, as on a beach.',
      },
      opens: [
        'A towel that really dries',
        'A thirsty towel with a flat hem',
        'A good towel, which is rarer than it sounds',
      ],
      facts: [
        'It gets softer in the first three washes.',
        'A loop to hang it up is sewn into the seam.',
      ],
    }),
    kind('bed linen', {
      weight: 3,
      price: [12900, 5900, 29900],
      materials: 'linen, cotton, percale, flannel',
      colours: 'bed',
      finish: 'in {c} {m}',
      place: 'room',
      sizes: { single: 0.7, double: 1, king: 1.15 },
      shapes: {
        plain: 'It is plain, with a double seam.',
        stripes: 'A fine stripe runs lengthwise.',
        check: 'A gingham check turns over to plain.',
      },
      opens: [
        'Bed linen for people who like to go to bed',
        'A duvet cover and pillow cases that need no iron',
        'A set to sleep in all year round',
      ],
      facts: [
        'The cover closes with flat buttons of nut.',
        'It is washed before it is sewn and will not shrink.',
      ],
    }),
    kind('tea towels', {
      price: [2400, 1200, 4900],
      materials: 'linen, cotton, hemp',
      colours: 'cloth',
      finish: 'in {c} {m}',
      place: 'flat',
      sizes: { 'set of 2': [0.55, 2], 'set of 3': [0.55, 3] },
      shapes: {
        check: 'A kitchen check, as it has always been.',
        stripes: 'One stripe is wide, the next ones thin.',
      },
      opens: [
        'Tea towels that leave no fluff on a glass',
        'Two hands’ worth of help in the kitchen',
        'Tea towels too good for a drawer',
      ],
      facts: ['They may be boiled.', 'Each one has a loop at a corner.'],
    }),
  ],
};
