import { kind } from './kind.mjs';

const cloths = 'canvas, waxed canvas, recycled nylon';

/** @type {import('./kind.mjs').Category} */
export const bags = {
  id: 'bags',
  name: 'Bags',
  family: 'bag',
  weight: 4,
  kinds: [
    kind('tote bag', {
      weight: 3,
      price: [5900, 1900, 14900],
      materials: 'canvas, waxed canvas, hemp, linen',
      colours: 'canvas',
      finish: 'in {c} {m}',
      place: 'table',
      measure: '{36-44} cm wide, {34-42} cm high.',
      shapes: {
        plain: 'The straps run down both sides, to the very bottom.',
        block: 'The bottom third is in another shade.',
        pocket: 'One large pocket sits on the front.',
      },
      opens: [
        'A tote for books, bread and a jumper',
        'A bag that is never full',
        'A simple bag, sewn twice where it matters',
      ],
      facts: [
        'Inside hangs a small pocket for keys.',
        'It carries 15 kilograms without complaint.',
      ],
    }),
    kind('backpack', {
      weight: 4,
      price: [12900, 5900, 27900],
      materials: cloths,
      colours: 'canvas',
      seconds: 'leather, hemp',
      finish: 'in {c} {m} and {s}',
      place: 'table',
      measure: 'It holds {14-26} litres.',
      shapes: {
        rolltop: 'The top rolls down and closes with one strap.',
        flap: 'A flap with two straps keeps the rain out.',
        zip: 'A zip runs from one side to the other.',
      },
      opens: [
        'A backpack for the office and the hill behind it',
        'A daypack with a place for everything',
        'A backpack that grows old gracefully',
      ],
      facts: [
        'A padded sleeve takes a laptop of 15 inches.',
        'The back is padded and lets air through.',
      ],
    }),
    kind('satchel', {
      weight: 3,
      price: [19900, 9900, 39900],
      materials: 'leather',
      colours: 'leather',
      finish: 'in {c} {m}',
      place: 'table',
      measure: '{32-40} cm wide, {24-30} cm high.',
      shapes: {
        buckles: 'Two straps with buckles close the flap.',
        lock: 'One turning lock closes the flap.',
        saddle: 'The flap is cut round, like a saddle.',
      },
      opens: [
        'A satchel for papers that matter',
        'A bag that could be inherited',
        'A schoolbag for grown-ups',
      ],
      facts: [
        'The edges are painted by hand, three times.',
        'The strap can be taken off, and set to seven lengths.',
      ],
    }),
    kind('weekender', {
      weight: 3,
      price: [17900, 7900, 38900],
      materials: cloths,
      colours: 'canvas',
      seconds: 'leather',
      finish: 'in {c} {m} and {s}',
      place: 'room',
      measure: 'It holds {32-48} litres.',
      shapes: {
        barrel: 'Round ends, a long zip, two handles.',
        holdall: 'It opens like a doctor’s bag and stays open.',
      },
      opens: [
        'A bag for two nights away',
        'A weekender that fits above the seat',
        'A bag that is half packed already',
      ],
      facts: ['Shoes have a compartment of their own.', 'It counts as hand luggage everywhere.'],
    }),
    kind('pouch', {
      weight: 2,
      price: [3400, 1400, 7900],
      materials: 'canvas, felt, leather, recycled nylon',
      colours: 'canvas',
      finish: 'in {c} {m}',
      place: 'flat',
      measure: '{20-26} cm wide, {12-16} cm high.',
      shapes: {
        flat: 'Flat, with a zip along the top.',
        wedge: 'It widens at the base and stands by itself.',
      },
      opens: [
        'A pouch for cables, pencils or lipsticks',
        'A small bag for the bottom of the large one',
        'A pouch that ends the rummaging',
      ],
      facts: [
        'The zip has a long pull that a glove can find.',
        'It is lined in a light colour, so that things can be seen.',
      ],
    }),
  ],
};
