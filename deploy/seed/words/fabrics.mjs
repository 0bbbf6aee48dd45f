// Cloth, leather, paper, wax and soap.

import { add } from './material.mjs';

add(
  'linen',
  '#d8cbb3',
  1.25,
  'The linen is washed with stones before it is sewn and never needs an iron.',
  'European flax, woven in Lithuania: the linen is cool in summer and soft from the first day.',
);
add(
  'cotton',
  '#ece5d8',
  0.9,
  'The cotton is organic and certified from the field to the last seam.',
  'Long-staple cotton, combed and tightly woven, keeps its colour for years.',
);
add(
  'percale',
  '#efeae0',
  1,
  'Percale is a crisp, matt weave that feels like a freshly made hotel bed.',
  'The percale has two hundred threads to the inch, all of them long-staple cotton.',
);
add(
  'flannel',
  '#ddd3c6',
  0.95,
  'Flannel is brushed on both sides and warm from the first minute.',
  'The flannel is heavy and soft, made for the months with an r in them.',
);
add(
  'wool',
  '#d9cdbb',
  1.3,
  'The wool is spun and dyed by a mill that has done so since 1926.',
  'Wool is warm, breathes, and sheds dust and drops by itself.',
);
add(
  'lambswool',
  '#e0d4c3',
  1.35,
  'Lambswool is the first and softest shearing; it weighs next to nothing.',
  'The lambswool is brushed with thistles until it is as soft as a cloud.',
);
add(
  'mohair',
  '#ddc9b8',
  1.6,
  'Mohair catches the light, weighs little and warms at once.',
  'The mohair is blended with a little wool, which gives it strength.',
);
add(
  'alpaca',
  '#cdb69b',
  1.65,
  'Alpaca is warmer than sheep’s wool and does not itch at all.',
  'The alpaca comes from small herds in the highlands of Peru.',
);
add(
  'bouclé',
  '#e3d8c8',
  1.3,
  'The bouclé has small, springy loops that hide marks and ask to be touched.',
  'A dense bouclé with a high share of wool covers it all around.',
);
add(
  'velvet',
  '#9c7f86',
  1.2,
  'The cotton velvet changes its shade with the light and the stroke of a hand.',
  'Velvet with a short, dense pile: it wears well and looks better than it must.',
);
add(
  'corduroy',
  '#b08f6c',
  1.05,
  'Wide-rib corduroy is hard-wearing and takes on a fine patina.',
  'The corduroy is cotton, eight ribs to the hand.',
);
add(
  'canvas',
  '#d9cfbd',
  0.95,
  'The canvas is heavy, 450 grams to the square metre, and softens with every outing.',
  'Tightly woven cotton canvas keeps its shape and most of the rain out.',
);
add(
  'waxed canvas',
  '#8c7f5c',
  1.15,
  'The waxed canvas turns rain away and grows marks that tell where it has been.',
  'Wax is worked into the canvas by hand and can be renewed every other year.',
);
add(
  'leather',
  '#a9714a',
  1.7,
  'Vegetable-tanned leather: it is firm at first and fits like a glove after a month.',
  'The leather is full-grain and tanned with bark, so it darkens handsomely.',
);
add(
  'felt',
  '#9fa3a1',
  0.9,
  'The felt is three millimetres thick, pressed from pure wool.',
  'Wool felt holds its shape without a lining and muffles every knock.',
);
add(
  'hemp',
  '#bfb08d',
  1.05,
  'Hemp is stronger than cotton and asks the field for far less water.',
  'The hemp has a dry, honest handle and softens in the wash.',
);
add(
  'recycled nylon',
  '#7d8790',
  0.95,
  'The nylon was a fishing net once; now it is light, strong and dries in an hour.',
  'Recycled nylon with a water-repellent finish that is free of fluorine.',
);
add(
  'paper',
  '#efe7d8',
  0.7,
  'The paper is Japanese in manner, tough and thin, and folds flat for the post.',
  'Paper gives the gentlest light there is.',
);
add(
  'soy wax',
  '#efe3cd',
  0.9,
  'Soy wax burns slowly and cleanly, with a cotton wick.',
  'The soy wax is poured by hand, in batches of sixty.',
);
add(
  'beeswax',
  '#d9a84e',
  1.3,
  'Pure beeswax burns long and bright and smells of honey without any help.',
  'The beeswax comes from keepers in the hills around the workshop.',
);
add(
  'rapeseed wax',
  '#eadfb9',
  0.95,
  'Rapeseed wax is grown nearby, burns without soot and takes scent well.',
  'The wax is pressed from rapeseed and coloured with food-safe pigments.',
);
add(
  'olive oil soap',
  '#b9b878',
  0.9,
  'The soap is boiled from olive oil and cured for eight weeks.',
  'Olive oil makes a mild, creamy lather that suits every skin.',
);
add(
  'goat’s milk soap',
  '#eadfcb',
  1,
  'Goat’s milk makes the soap rich and gentle.',
  'The soap is cold-stirred with goat’s milk and cut by hand.',
);
add(
  'clay soap',
  '#bf8f78',
  0.95,
  'Fine red clay in the soap polishes the skin very gently.',
  'The soap gets its colour from clay alone.',
);
