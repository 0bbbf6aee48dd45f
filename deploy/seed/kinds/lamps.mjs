import { kind } from './kind.mjs';

/** @type {import('./kind.mjs').Category} */
export const lamps = {
  id: 'lamps',
  name: 'Lamps',
  family: 'light',
  weight: 4,
  kinds: [
    kind('pendant lamp', {
      weight: 4,
      price: [22900, 8900, 69900],
      materials: 'aluminium, powder-coated steel, enamelled steel, stoneware',
      colours: 'lacquer',
      finish: 'in {c} {m}',
      place: 'wall',
      measure: '{28-46} cm across, on {2-4} metres of cable.',
      shapes: {
        dome: 'The wide dome throws its light on the table and not in the eyes.',
        cone: 'A slim cone makes a clear pool of light.',
        bell: 'The bell flares out at its rim, like the flower it was drawn from.',
        tiers: 'Three rings, one below the other, hide the bulb from every side.',
      },
      opens: [
        'A lamp to hang low over a table',
        'A pendant that gathers people',
        'A clear shape and a kind light',
      ],
      facts: [
        'It takes a bulb with an E27 base, up to 12 watts.',
        'The inside is white, so that no light is lost.',
        'The canopy is in the same colour and has room for the connections.',
      ],
    }),
    kind('glass pendant', {
      weight: 2,
      price: [27900, 12900, 79900],
      materials: 'opal glass, smoked glass, recycled glass',
      seconds: 'brass, copper, steel',
      finish: 'in {m} and {s}',
      place: 'wall',
      measure: '{20-36} cm across, on {2-4} metres of cable.',
      shapes: {
        globe: 'A plain globe, held by a cap that fits like a hat.',
        drop: 'It hangs like a drop in the moment before it falls.',
        stack: 'Two globes, a large and a small one, share one stem.',
      },
      opens: [
        'A moon for the dining room',
        'A glass pendant that is good company',
        'A soft light with nothing to hide',
      ],
      facts: ['It is safe in bathrooms (IP44).', 'The bulb is changed from below, without tools.'],
    }),
    kind('table lamp', {
      weight: 4,
      price: [15900, 6900, 49900],
      materials: 'stoneware, earthenware, porcelain',
      colours: 'glaze',
      seconds: 'linen, paper, cotton',
      finish: 'in {c} {m} with a {s} shade',
      place: 'table',
      measure: '{38-56} cm high; the shade is {26-36} cm across.',
      shapes: {
        gourd: 'The foot is shaped like a gourd.',
        column: 'The foot is a plain column with a soft shoulder.',
        ball: 'The foot is a ball, the shade a drum.',
      },
      opens: [
        'A table lamp for the corner that lacked one',
        'A lamp to read by and to leave on',
        'A warm light for a sideboard',
      ],
      facts: [
        'The dimmer is in the cable, where a hand finds it.',
        'The shade can be bought anew by itself.',
      ],
    }),
    kind('desk lamp', {
      weight: 3,
      price: [17900, 7900, 44900],
      materials: 'powder-coated steel, aluminium',
      colours: 'lacquer',
      seconds: 'brass, copper, steel',
      finish: 'in {c} {m} and {s}',
      place: 'table',
      measure: '{42-58} cm high, with a reach of {40-55} cm.',
      shapes: {
        arm: 'Two arms and one joint put the light where it is needed.',
        bow: 'A single bow carries the shade.',
        mushroom: 'A small dome sits on a straight stem.',
      },
      opens: [
        'A desk lamp with a steady arm',
        'Light for drawings, letters and stamps',
        'A lamp that bows, and stays bowed',
      ],
      facts: ['The light is warm white and does not flicker.', 'The heavy foot has a bed of felt.'],
    }),
    kind('floor lamp', {
      weight: 3,
      price: [34900, 14900, 89900],
      materials: 'oak, walnut, black ash, brass, steel',
      seconds: 'linen, paper, cotton',
      finish: 'in {m} with a {s} shade',
      place: 'room',
      measure: '{142-168} cm high; the shade is {38-50} cm across.',
      shapes: {
        tripod: 'Three legs lean together under the shade.',
        straight: 'One slim pole stands on a round foot.',
        arc: 'The pole bends over in an arc and reaches across a sofa.',
      },
      opens: [
        'A floor lamp for the reading chair',
        'A tall lamp with a gentle light',
        'A lamp that makes a corner a room',
      ],
      facts: [
        'A foot switch saves bending down.',
        'The shade is lined in white and lets light out above and below.',
      ],
    }),
  ],
};
