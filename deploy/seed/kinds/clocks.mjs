import { kind } from './kind.mjs';

/** @type {import('./kind.mjs').Category} */
export const clocks = {
  id: 'clocks',
  name: 'Clocks',
  family: 'clock',
  weight: 3,
  kinds: [
    kind('wall clock', {
      weight: 4,
      price: [8900, 3900, 24900],
      materials: 'oak, walnut, ash, black ash, aluminium, brass, steel',
      colours: 'lacquer',
      finish: 'in {m} and {c}',
      place: 'wall',
      measure: '{26-40} cm across.',
      shapes: {
        dots: 'Dots in place of numbers, twelve of them.',
        bars: 'Slim bars mark the hours.',
        numbers: 'All twelve numbers are there, and easy to read.',
        quarters: 'It shows the quarters and trusts you with the rest.',
      },
      opens: [
        'A clock that can be read from the next room',
        'A wall clock that does not tick',
        'A round clock for a kitchen or a hall',
      ],
      facts: ['The hands glide without a sound.', 'One AA battery lasts for two years.'],
    }),
    kind('sunburst clock', {
      weight: 2,
      price: [11900, 5900, 29900],
      materials: 'brass, oak, walnut, black ash',
      colours: 'lacquer',
      finish: 'in {m} and {c}',
      place: 'wall',
      measure: '{42-62} cm across.',
      shapes: {
        rays: 'Twelve long rays and twelve short ones.',
        petals: 'Its petals make a flower of the day.',
        balls: 'A ball sits at the end of every spoke.',
      },
      opens: [
        'A clock that rises every morning',
        'A clock with a good deal of sunshine',
        'A piece of 1956, with a new movement',
      ],
      facts: ['The movement is silent.', 'It hangs on a single nail.'],
    }),
    kind('mantel clock', {
      weight: 3,
      price: [9900, 4900, 24900],
      materials: 'oak, smoked oak, walnut, ash, cherry wood, beech',
      colours: 'lacquer',
      finish: 'in {m} and {c}',
      place: 'table',
      measure: '{16-24} cm high.',
      shapes: {
        arch: 'An arch of solid wood, like a small gate.',
        block: 'A plain block with a round face.',
        round: 'A disc on two small feet.',
      },
      opens: [
        'A clock for the mantelpiece, or for where one would be',
        'A small clock with presence',
        'A clock that one likes to dust',
      ],
      facts: [
        'It strikes no hour: it leaves that to the church.',
        'The back opens without a tool.',
      ],
    }),
    kind('alarm clock', {
      weight: 2,
      price: [4900, 2400, 9900],
      materials: 'powder-coated steel, aluminium',
      colours: 'lacquer',
      finish: 'in {c} {m}',
      place: 'table',
      measure: '{9-12} cm across.',
      shapes: {
        bells: 'Two bells on top, and they mean it.',
        soft: 'A rounded square with a button all along its top.',
      },
      opens: [
        'An alarm clock that lets the phone sleep elsewhere',
        'A clock that wakes kindly, then firmly',
        'Seven o’clock, in a better shape',
      ],
      facts: [
        'It snoozes for eight minutes, four times.',
        'A touch lights the face for five seconds.',
      ],
    }),
  ],
};
