import { kind } from './kind.mjs';

const wood = 'oak, smoked oak, ash, black ash, walnut, beech, birch, cherry wood';
const seat = 'linen, wool, bouclé, velvet, leather, corduroy';

/** @type {import('./kind.mjs').Category} */
export const chairs = {
  id: 'chairs',
  name: 'Chairs',
  family: 'furniture',
  weight: 4,
  kinds: [
    kind('dining chair', {
      weight: 4,
      price: [26900, 12900, 69900],
      materials: wood,
      colours: 'upholstery',
      seconds: seat,
      finish: 'in {m} and {c} {s}',
      place: 'room',
      measure: '{44-49} cm wide, {48-54} cm deep; the seat is {45-47} cm high.',
      shapes: {
        spindle: 'Seven slender spindles make a back that gives a little.',
        ladder: 'Three curved slats follow the shoulders.',
        panel: 'The padded back floats between its two posts.',
        wishbone: 'A steam-bent bow carries back and arms in one line.',
      },
      opens: [
        'A chair for dinners that turn into evenings',
        'The chair that everyone takes first',
        'A dining chair that looks as good from behind',
        'A light chair with a patient back',
      ],
      facts: [
        'It is put together with wooden pegs and weighs under five kilograms.',
        'The seat lifts out, so that it can be covered anew in ten years.',
        'Felt pads under the legs are included.',
        'It has been tested with 200 kilograms, sitting down hard.',
      ],
    }),
    kind('lounge chair', {
      weight: 3,
      price: [89900, 44900, 219000],
      materials: wood,
      colours: 'upholstery',
      seconds: seat,
      finish: 'in {m} and {c} {s}',
      place: 'room',
      measure: '{70-80} cm wide, {74-82} cm deep, {76-84} cm high.',
      shapes: {
        easy: 'Deep cushions rest on an open frame with flat arms.',
        shell: 'The seat is one curved shell, padded all around.',
        wing: 'High wings keep the draught and the conversation away.',
      },
      opens: [
        'A low, generous chair to read in',
        'The best seat of the house',
        'A chair to disappear into on Sundays',
      ],
      facts: [
        'The cushions have a core of springs under a layer of feathers.',
        'All covers come off with a zip.',
        'The back leans at 108 degrees, which is where most people fall asleep.',
      ],
    }),
    kind('bar stool', {
      price: [21900, 9900, 54900],
      materials: wood,
      colours: 'upholstery',
      seconds: 'leather, wool, linen, corduroy',
      finish: 'in {m} and {c} {s}',
      place: 'room',
      measure: 'The seat is {65-75} cm high and {36-40} cm across.',
      shapes: {
        round: 'The round seat turns without a sound.',
        back: 'A low back holds one just above the hips.',
      },
      opens: [
        'A stool for the end of the kitchen counter',
        'A tall stool with good manners',
        'Somewhere to sit while the cook is talking',
      ],
      facts: [
        'The foot rest has a strip of brass, where shoes would wear the wood.',
        'The legs spread just wide enough to feel safe.',
      ],
    }),
    kind('stool', {
      price: [11900, 4900, 27900],
      materials: 'oak, smoked oak, ash, black ash, walnut, birch, pine, teak, bamboo',
      finish: 'in {m}',
      place: 'room',
      measure: '{43-47} cm high, {32-36} cm across.',
      shapes: {
        milking: 'Three legs never wobble, on any floor.',
        cross: 'Two frames cross under a hollowed seat.',
      },
      opens: [
        'A stool, a step, a bedside table',
        'A small seat that goes wherever it is needed',
        'The useful kind of beautiful',
      ],
      facts: [
        'Four of them stack into a sculpture.',
        'It carries 150 kilograms and a good many coats of wax.',
      ],
    }),
    kind('rocking chair', {
      price: [74900, 39900, 149000],
      materials: wood,
      colours: 'upholstery',
      seconds: 'wool, bouclé, leather, linen',
      finish: 'in {m} and {c} {s}',
      place: 'room',
      measure: '{60-66} cm wide, {80-88} cm deep, {98-106} cm high.',
      shapes: {
        spindle: 'A tall fan of spindles carries the head as well.',
        panel: 'Seat and back are padded in one long curve.',
      },
      opens: [
        'A rocking chair for new parents and old friends',
        'A chair with a slow pulse',
        'The quietest way to get nowhere',
      ],
      facts: [
        'The runners are long and flat at the ends, so it cannot tip.',
        'It rocks without a creak, on boards and on rugs.',
      ],
    }),
  ],
};
