import { kind } from './kind.mjs';

/** @type {import('./kind.mjs').Category} */
export const kitchen = {
  id: 'kitchen',
  name: 'Kitchen',
  family: 'kitchen',
  weight: 4,
  kinds: [
    kind('casserole', {
      weight: 3,
      price: [16900, 7900, 34900],
      materials: 'enamelled iron, cast iron',
      colours: 'enamel',
      finish: 'in {m} with {c} enamel',
      place: 'table',
      sizes: { '22 cm': 0.85, '26 cm': 1.1 },
      shapes: {
        round: 'Round and deep, with two broad handles.',
        shallow: 'Low and wide, for braising and for rice.',
      },
      opens: [
        'A pot for things that take all afternoon',
        'A casserole that goes from the stove to the oven to the table',
        'A heavy pot that does the cooking by itself',
      ],
      facts: [
        'It works on every hob, induction as well.',
        'Small points under the lid let the steam rain back.',
      ],
    }),
    kind('saucepan', {
      weight: 3,
      price: [9900, 4900, 24900],
      materials: 'steel, copper, aluminium',
      finish: 'in {m}',
      place: 'table',
      sizes: { '14 cm': 0.7, '18 cm': 1, '20 cm': 1.15 },
      shapes: { long: 'The long handle stays cool.', lidded: 'The lid has a knob of wood.' },
      opens: [
        'A saucepan for milk, sauces and polenta',
        'A pan that heats evenly and pours cleanly',
        'The pan that is always in use',
      ],
      facts: ['Marks on the inside count the decilitres.', 'The handle is riveted for good.'],
    }),
    kind('kettle', {
      weight: 2,
      price: [7900, 3900, 15900],
      materials: 'enamelled steel',
      colours: 'enamel',
      finish: 'in {c} {m}',
      place: 'table',
      measure: 'It holds {14-22} dl.',
      shapes: {
        round: 'Round and friendly, with a bow handle.',
        gooseneck: 'The thin spout pours slowly, as coffee likes it.',
      },
      opens: [
        'A kettle that one leaves on the stove to be seen',
        'A kettle that whistles, but not for long',
        'Tea, four minutes from now',
      ],
      facts: ['It works on every hob, induction as well.', 'The handle folds and stays cool.'],
    }),
    kind('chopping board', {
      weight: 3,
      price: [4900, 1900, 11900],
      materials: 'oak, walnut, acacia, teak, beech, bamboo, cherry wood',
      finish: 'in {m}',
      place: 'flat',
      measure: '{32-46} by {20-30} cm, {2-4} cm thick.',
      shapes: {
        paddle: 'A handle with a hole lets it hang on the wall.',
        round: 'Round, with a groove for juices.',
        block: 'End grain, in a pattern of squares, spares the knife.',
      },
      opens: [
        'A board for bread, cheese and onions',
        'A board heavy enough not to wander',
        'A chopping board that comes to the table as well',
      ],
      facts: [
        'It is oiled, and wants to be oiled again twice a year.',
        'Both sides may be used, one for onions.',
      ],
    }),
    kind('kitchen knife', {
      weight: 2,
      price: [9900, 3900, 24900],
      materials: 'carbon steel, steel',
      seconds: 'walnut, oak, olive wood, beech',
      finish: 'in {m} and {s}',
      place: 'flat',
      sizes: { '12 cm': 0.65, '18 cm': 1, '21 cm': 1.2 },
      shapes: {
        chef: 'A broad blade that rocks through herbs.',
        santoku: 'A straight edge with a rounded tip.',
        paring: 'A narrow blade for fine work.',
      },
      opens: [
        'A knife that makes cooking quieter',
        'A knife for a lifetime of onions',
        'One good knife instead of a block of others',
      ],
      facts: [
        'It is sharpened by hand before it leaves.',
        'The weight lies where two fingers hold the blade.',
      ],
    }),
    kind('pepper mill', {
      price: [5400, 2400, 11900],
      materials: 'oak, walnut, beech, ash, black ash, cherry wood',
      finish: 'in {m}',
      place: 'table',
      measure: '{14-28} cm high.',
      shapes: { turned: 'Turned like a chess piece.', cone: 'A plain cone with a round head.' },
      opens: [
        'A mill for pepper, or for coarse salt',
        'A mill that grinds and does not squeak',
        'Freshly ground, from a good height',
      ],
      facts: [
        'The grinder is made of ceramic and has a warranty of 25 years.',
        'Six turns of the knob, from powder to crumbs.',
      ],
    }),
  ],
};
