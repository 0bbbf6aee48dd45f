import { kind } from './kind.mjs';

const wood = 'oak, smoked oak, ash, black ash, walnut, cherry wood, birch, pine';

/** @type {import('./kind.mjs').Category} */
export const storage = {
  id: 'storage',
  name: 'Shelves & Storage',
  family: 'furniture',
  weight: 3,
  kinds: [
    kind('bookcase', {
      weight: 3,
      price: [59900, 24900, 159000],
      materials: wood,
      finish: 'in {m}',
      place: 'room',
      measure: '{78-92} cm wide, {28-32} cm deep and {170-190} cm high.',
      shapes: {
        classic: 'Five shelves stand between two solid sides.',
        ladder: 'It leans a little, and its shelves grow deeper downwards.',
        grid: 'Nine open squares take books, boxes and plants.',
      },
      opens: [
        'A bookcase for people who keep their books',
        'Room for four hundred paperbacks',
        'A shelf that stays straight under load',
      ],
      facts: [
        'The shelves are 25 millimetres thick and do not sag.',
        'A fixing for the wall is included, and should be used.',
      ],
    }),
    kind('sideboard', {
      weight: 3,
      price: [109000, 59000, 279000],
      materials: wood,
      colours: 'lacquer',
      finish: 'in {m} and {c} lacquer',
      place: 'room',
      measure: '{150-180} cm wide, {42-46} cm deep and {70-78} cm high.',
      shapes: {
        sliding: 'Two doors slide past each other without a handle in sight.',
        drawers: 'Four drawers stand next to a cupboard.',
        reeded: 'The fronts are reeded, so the light never lies still on them.',
      },
      opens: [
        'A long, low sideboard for everything that should be out of sight',
        'A sideboard that makes a wall look finished',
        'Storage with the manners of a good host',
      ],
      facts: ['The doors close softly.', 'Shelves inside can be set to nine heights.'],
    }),
    kind('wall shelf', {
      price: [8900, 3900, 22900],
      materials: wood,
      finish: 'in {m}',
      place: 'wall',
      measure: '{60-90} cm wide and {18-24} cm deep.',
      shapes: {
        bracket: 'Two turned brackets carry one board.',
        rail: 'A thin rail keeps plates and pictures from sliding.',
        box: 'A box with open ends, like a window sill.',
      },
      opens: [
        'A shelf for the things one likes to look at',
        'A short shelf with a long life',
        'Room for a plant, a cup and two books',
      ],
      facts: [
        'It carries 12 kilograms.',
        'Screws and plugs are in the box, and a paper template for the holes.',
      ],
    }),
    kind('chest of drawers', {
      weight: 2,
      price: [89900, 39900, 199000],
      materials: wood,
      colours: 'lacquer',
      finish: 'in {m} and {c} lacquer',
      place: 'room',
      measure: '{76-92} cm wide, {44-48} cm deep and {84-98} cm high.',
      shapes: {
        three: 'Three wide drawers run on hidden rails.',
        six: 'Six drawers: small ones on top, deep ones below.',
      },
      opens: [
        'A chest of drawers for a hall, a bedroom or a studio',
        'A quiet chest with drawers that glide',
        'Everything folded, everything found',
      ],
      facts: [
        'The drawers are dovetailed and smell of cedar.',
        'Each drawer carries 20 kilograms.',
      ],
    }),
    kind('coat rack', {
      price: [15900, 6900, 39900],
      materials: wood,
      finish: 'in {m}',
      place: 'room',
      measure: '{168-182} cm high.',
      shapes: {
        tree: 'Six pegs grow from one turned pole.',
        tripod: 'Three poles cross like the frame of a tent.',
      },
      opens: [
        'A coat rack that stands on its own',
        'A place for coats, hats and the dog’s lead',
        'A small tree for the hall',
      ],
      facts: [
        'The foot is weighted, so a wet coat does not pull it over.',
        'The pegs are rounded and leave no marks in wool.',
      ],
    }),
  ],
};
