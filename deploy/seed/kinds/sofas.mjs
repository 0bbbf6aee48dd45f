import { kind } from './kind.mjs';

const cover = 'linen, wool, bouclé, velvet, corduroy, cotton';

/** @type {import('./kind.mjs').Category} */
export const sofas = {
  id: 'sofas',
  name: 'Sofas & Poufs',
  family: 'furniture',
  weight: 3,
  kinds: [
    kind('two-seat sofa', {
      weight: 3,
      price: [169000, 89000, 389000],
      materials: cover,
      colours: 'upholstery',
      finish: 'in {c} {m}',
      place: 'room',
      measure: '{158-172} cm wide, {84-92} cm deep; the seat is {42-44} cm high.',
      shapes: {
        track: 'Straight, slim arms leave all the room for sitting.',
        round: 'Arms and back flow into one soft curve.',
        loose: 'Big loose cushions lie on a low frame with wooden legs.',
      },
      opens: [
        'A sofa for two, or for one lying down',
        'A small sofa with a deep seat',
        'A sofa for flats with narrow stairs',
      ],
      facts: [
        'The covers come off and go in the wash.',
        'A frame of solid beech stands behind the softness, with a warranty of ten years.',
        'The cushions may be turned, and should be.',
      ],
    }),
    kind('three-seat sofa', {
      weight: 3,
      price: [229000, 129000, 549000],
      materials: cover,
      colours: 'upholstery',
      finish: 'in {c} {m}',
      place: 'room',
      measure: '{210-232} cm wide, {86-96} cm deep; the seat is {41-44} cm high.',
      shapes: {
        track: 'Straight, slim arms leave all the room for sitting.',
        round: 'Arms and back flow into one soft curve.',
        loose: 'Big loose cushions lie on a low frame with wooden legs.',
      },
      opens: [
        'A sofa long enough for a nap',
        'Three seats, six on birthdays',
        'A wide sofa with an easy temper',
      ],
      facts: [
        'The covers come off and go in the wash.',
        'It comes in three parts that click together without tools.',
        'Pocket springs under foam keep their shape for years.',
      ],
    }),
    kind('daybed', {
      price: [119000, 69000, 289000],
      materials: 'oak, smoked oak, walnut, ash, black ash',
      colours: 'upholstery',
      seconds: 'linen, wool, corduroy, leather',
      finish: 'in {m} and {c} {s}',
      place: 'room',
      measure: '{190-202} cm long, {78-88} cm deep and {38-42} cm high.',
      shapes: {
        bolster: 'One round bolster serves as pillow and arm rest.',
        slatted: 'A low slatted rail runs along the back.',
      },
      opens: [
        'A daybed for afternoons',
        'Half sofa, half bed, no compromise',
        'A long seat under the window',
      ],
      facts: ['The mattress is firm, with a top layer of wool.', 'A guest sleeps well on it.'],
    }),
    kind('pouf', {
      weight: 2,
      price: [19900, 8900, 49900],
      materials: 'wool, bouclé, velvet, corduroy, leather, cotton',
      colours: 'upholstery',
      finish: 'in {c} {m}',
      place: 'room',
      measure: '{48-58} cm across and {34-40} cm high.',
      shapes: {
        drum: 'A firm drum with a piped edge.',
        knot: 'Eight wedges are sewn together around a button.',
        pebble: 'It is shaped like a pebble from the beach.',
      },
      opens: [
        'A pouf for feet, guests and cats',
        'A soft thing to pull closer',
        'One more seat when it is needed',
      ],
      facts: [
        'The filling is recycled and may be topped up.',
        'A loop at the side is there to carry it.',
      ],
    }),
  ],
};
