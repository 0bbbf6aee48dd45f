import { kind } from './kind.mjs';

const wood = 'oak, smoked oak, ash, black ash, walnut, cherry wood, birch, teak';

/** @type {import('./kind.mjs').Category} */
export const tables = {
  id: 'tables',
  name: 'Tables',
  family: 'furniture',
  weight: 4,
  kinds: [
    kind('dining table', {
      weight: 3,
      price: [129000, 69000, 349000],
      materials: wood,
      finish: 'in {m}',
      place: 'room',
      sizes: { '160 cm': 0.85, '200 cm': 1, '240 cm': 1.25 },
      measure: '{88-96} cm deep and {73-75} cm high.',
      shapes: {
        tapered: 'Four tapered legs stand right at the corners.',
        trestle: 'Two trestles carry the top and leave room for every knee.',
        arch: 'The legs meet the top in wide arches.',
      },
      opens: [
        'A table for eight, or for one and a jigsaw',
        'The table that the house arranges itself around',
        'A long table for slow meals',
      ],
      facts: [
        'The top is made of full-length boards and may be sanded again and again.',
        'Its edges are rounded, because children run.',
        'Two people put it together in ten minutes, with one key.',
      ],
    }),
    kind('coffee table', {
      weight: 3,
      price: [44900, 19900, 129000],
      materials: `${wood}, travertine, marble, terrazzo`,
      finish: 'in {m}',
      place: 'room',
      measure: '{80-110} cm long and {34-40} cm high.',
      shapes: {
        drum: 'A round top rests on a fluted drum.',
        slab: 'A thick top sits on two slabs.',
        tripod: 'The round top stands on three splayed legs.',
      },
      opens: [
        'A low table for books, feet and tea',
        'A calm centre for a busy room',
        'A coffee table that needs nothing on it',
      ],
      facts: [
        'The underside is finished as well as the top.',
        'It is heavy enough to stay and light enough to slide.',
      ],
    }),
    kind('side table', {
      weight: 3,
      price: [22900, 9900, 64900],
      materials: 'powder-coated steel, aluminium',
      colours: 'lacquer',
      finish: 'in {c} {m}',
      place: 'room',
      measure: '{38-45} cm across and {48-56} cm high.',
      shapes: {
        tray: 'The tray on top lifts off and goes to the kitchen and back.',
        pedestal: 'One slim column stands on a round foot.',
        loop: 'The foot is a single loop of tube that slips under a sofa.',
      },
      opens: [
        'A small table for a lamp and a glass',
        'A side table that moves with you',
        'A spot of colour next to the sofa',
      ],
      facts: ['It weighs less than four kilograms.', 'A ring of felt protects the floor.'],
    }),
    kind('desk', {
      price: [64900, 29900, 169000],
      materials: wood,
      colours: 'lacquer',
      finish: 'in {m} and {c} lacquer',
      place: 'room',
      measure: '{110-140} cm wide, {58-66} cm deep and {73-75} cm high.',
      shapes: {
        writing: 'Two shallow drawers take pens, paper and the rest of it.',
        hutch: 'A low shelf along the back keeps the top clear.',
        pedestal: 'Three deep drawers stand on one side.',
      },
      opens: [
        'A desk to write at, by hand or otherwise',
        'A tidy desk for untidy thoughts',
        'Work has rarely had a better place',
      ],
      facts: [
        'A slot at the back lets cables through and hides them.',
        'The drawers close by themselves over the last centimetres.',
      ],
    }),
    kind('bedside table', {
      price: [27900, 12900, 69900],
      materials: wood,
      colours: 'lacquer',
      finish: 'in {m} and {c} lacquer',
      place: 'room',
      measure: '{40-46} cm wide, {34-38} cm deep and {50-55} cm high.',
      shapes: {
        drawer: 'One drawer, one open shelf.',
        double: 'Two drawers, one above the other.',
      },
      opens: [
        'A place for the book, the glass and the ring',
        'A bedside table that keeps what the night needs',
        'Small, square and discreet',
      ],
      facts: [
        'The drawer runs on wood and is waxed.',
        'It stands free, so its back is finished too.',
      ],
    }),
  ],
};
