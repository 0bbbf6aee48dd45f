import { kind } from './kind.mjs';

const sizes = { '140 × 200 cm': 0.55, '170 × 240 cm': 0.8, '200 × 300 cm': 1.15 };

/** @type {import('./kind.mjs').Category} */
export const rugs = {
  id: 'rugs',
  name: 'Rugs',
  family: 'cloth',
  weight: 3,
  kinds: [
    kind('flatweave rug', {
      weight: 4,
      price: [44900, 16900, 119000],
      materials: 'wool, cotton, linen',
      colours: 'rug',
      finish: 'in {c} {m}',
      place: 'flat',
      sizes,
      shapes: {
        kilim: 'Rows of diamonds run across it, as on old kilims.',
        stripes: 'Stripes of many widths cross it from side to side.',
        steps: 'Stepped triangles meet in the middle.',
        check: 'A wide check, like a tablecloth for giants.',
      },
      opens: [
        'A thin, strong rug for rooms in use',
        'A flatweave that may be turned and used on both sides',
        'A rug with an old pattern and fresh colours',
      ],
      facts: [
        'It is woven on a hand loom, by two people, in eleven days.',
        'The fringes are the ends of the warp and knotted by hand.',
        'A thin underlay keeps it in place.',
      ],
    }),
    kind('pile rug', {
      weight: 3,
      price: [69900, 29900, 189000],
      materials: 'wool, lambswool, mohair',
      colours: 'rug',
      finish: 'in {c} {m}',
      place: 'flat',
      sizes,
      shapes: {
        arches: 'Arches and half circles are cut into the pile.',
        blocks: 'Large, calm fields of colour lie side by side.',
        moon: 'A full moon stands over two hills.',
        border: 'A double border frames a plain field.',
      },
      opens: [
        'A deep rug for bare feet',
        'A soft rug that makes a room quiet',
        'A picture to walk on',
      ],
      facts: [
        'The pile is 18 millimetres high and sheds for a week or two.',
        'It is tufted by hand and backed with cotton.',
      ],
    }),
    kind('round rug', {
      weight: 2,
      price: [34900, 14900, 89900],
      materials: 'jute, seagrass, sisal',
      colours: 'rug',
      finish: 'in {m} and {c}',
      place: 'flat',
      sizes: { '120 cm': 0.6, '160 cm': 0.9, '200 cm': 1.3 },
      shapes: {
        rings: 'It is braided in rings, from the middle outwards.',
        rays: 'Rays run from the middle to the rim.',
      },
      opens: [
        'A round rug for a round table',
        'A braided rug that softens a corner',
        'A sun for the floor',
      ],
      facts: [
        'It is sewn with a thread of cotton that cannot be seen.',
        'It may be vacuumed, and beaten on the line.',
      ],
    }),
    kind('runner', {
      weight: 2,
      price: [19900, 7900, 49900],
      materials: 'wool, cotton, hemp',
      colours: 'rug',
      finish: 'in {c} {m}',
      place: 'flat',
      sizes: { '70 × 200 cm': 0.8, '80 × 300 cm': 1.2 },
      shapes: {
        zigzag: 'A zigzag runs along it from end to end.',
        stripes: 'Lengthwise stripes make a hall look longer.',
        diamonds: 'A chain of diamonds lies along its middle.',
      },
      opens: [
        'A runner for halls and kitchens',
        'A long rug for narrow places',
        'A warm welcome, three steps long',
      ],
      facts: [
        'It is flat enough for doors to pass over.',
        'It may be washed at 30 degrees, should it come to that.',
      ],
    }),
    kind('door mat', {
      price: [4900, 2400, 11900],
      materials: 'coir',
      colours: 'rug',
      finish: 'in {m} and {c}',
      place: 'flat',
      measure: '{58-75} by {38-45} cm.',
      shapes: {
        stripes: 'Three broad stripes say hello.',
        dots: 'Rows of dots say hello.',
        border: 'A plain border says hello.',
      },
      opens: [
        'A door mat that takes mud seriously',
        'The first thing that guests step on',
        'A mat for boots, paws and wheels',
      ],
      facts: ['It may be shaken out or hosed down.', 'The print goes deep and does not walk off.'],
    }),
  ],
};
