import { kind } from './kind.mjs';

const clays = 'stoneware, porcelain, earthenware, bone china';

/** @type {import('./kind.mjs').Category} */
export const ceramics = {
  id: 'ceramics',
  name: 'Ceramics',
  family: 'clay',
  weight: 5,
  kinds: [
    kind('mug', {
      weight: 4,
      price: [1900, 900, 4900],
      materials: clays,
      colours: 'glaze',
      finish: 'in {c} {m}',
      place: 'table',
      measure: 'It holds {22-38} cl.',
      sizes: { '': 1, 'set of 4': [1, 4] },
      shapes: {
        straight: 'The sides are straight, the handle takes three fingers.',
        round: 'It is round as an apple and fills both hands.',
        dipped: 'It is dipped by hand, so the line of the glaze is never quite level.',
      },
      opens: [
        'A mug for the first coffee',
        'A mug with a handle that fits',
        'The mug that is never left in the cupboard',
      ],
      facts: [
        'It is safe in the dishwasher and the microwave.',
        'The rim is thin, the foot is not.',
        'It keeps tea hot for as long as a chapter takes.',
      ],
    }),
    kind('bowl', {
      weight: 3,
      price: [2900, 1200, 7900],
      materials: clays,
      colours: 'glaze',
      finish: 'in {c} {m}',
      place: 'table',
      measure: '{14-26} cm across.',
      sizes: { '': 1, 'set of 4': [0.9, 4] },
      shapes: {
        deep: 'Deep and steep, for soups and noodles.',
        wide: 'Wide and shallow, with a slow curve.',
        footed: 'It stands on a small, high foot.',
      },
      opens: [
        'A bowl for porridge, pasta and plums',
        'A bowl to hold in the lap',
        'An everyday bowl with a good ring',
      ],
      facts: [
        'Bowls of one size stack without a rattle.',
        'The glaze does not craze, whatever is served.',
      ],
    }),
    kind('plate', {
      weight: 3,
      price: [2400, 1100, 5900],
      materials: clays,
      colours: 'glaze',
      finish: 'in {c} {m}',
      place: 'flat',
      sizes: { '21 cm': 0.8, '27 cm': 1, '27 cm, set of 4': [1, 4] },
      shapes: {
        coupe: 'It rises gently to the rim, in one curve.',
        rimmed: 'A broad rim frames the food.',
        speckled: 'Specks of iron come through the glaze.',
      },
      opens: [
        'A plate that flatters a fried egg',
        'A plate for every day and for guests',
        'A flat plate with a little wall against peas',
      ],
      facts: ['It may go in the oven up to 180 degrees.', 'Knives leave no marks on it.'],
    }),
    kind('vase', {
      weight: 4,
      price: [6900, 2400, 24900],
      materials: 'stoneware, porcelain, earthenware',
      colours: 'glaze',
      finish: 'in {c} {m}',
      place: 'table',
      measure: '{18-38} cm high.',
      shapes: {
        bottle: 'A narrow neck holds a single branch.',
        belly: 'A round belly, a short collar.',
        amphora: 'Two small handles sit on its shoulders.',
        cylinder: 'A plain cylinder with fine throwing rings.',
      },
      opens: [
        'A vase that looks well without flowers',
        'A vase for branches, tulips or nothing',
        'Something to put the garden in',
      ],
      facts: [
        'The inside is glazed and holds water.',
        'Each one is thrown by hand, so its height varies by a finger’s width.',
      ],
    }),
    kind('teapot', {
      weight: 2,
      price: [7900, 3900, 19900],
      materials: 'stoneware, porcelain, earthenware',
      colours: 'glaze',
      finish: 'in {c} {m}',
      place: 'table',
      measure: 'It holds {70-120} cl.',
      shapes: {
        round: 'It is as round as a teapot ought to be.',
        low: 'Low and wide, with a bail handle above.',
        tall: 'Tall, with a straight spout.',
      },
      opens: [
        'A teapot that pours without a drop',
        'A teapot for four cups or one long book',
        'A pot that makes an occasion of tea',
      ],
      facts: [
        'A fine sieve is built in behind the spout.',
        'The lid stays on when the last cup is poured.',
      ],
    }),
    kind('jug', {
      weight: 2,
      price: [4400, 1900, 9900],
      materials: 'stoneware, porcelain, earthenware',
      colours: 'glaze',
      finish: 'in {c} {m}',
      place: 'table',
      measure: 'It holds {60-150} cl.',
      shapes: { farm: 'A farmhouse jug with a wide mouth.', slim: 'Slim, with a long lip.' },
      opens: [
        'A jug for water, milk or wild flowers',
        'A jug that comes to the table',
        'A jug with a lip that knows its business',
      ],
      facts: [
        'It is safe in the dishwasher.',
        'The handle is pulled by hand and sits where it should.',
      ],
    }),
  ],
};
