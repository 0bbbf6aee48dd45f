// Wood, plant fibres, metal, clay, glass and stone.

import { add } from './material.mjs';

add(
  'oak',
  '#cda06b',
  1.15,
  'The oak is solid and finished with hard-wax oil, so it darkens gently with the years.',
  'European oak, oiled by hand, shows its grain and forgives small knocks.',
);
add(
  'smoked oak',
  '#7d5b41',
  1.25,
  'Smoking brings out the tannin of the oak and colours the wood all the way in, without stain.',
  'The smoked oak has a deep, even brown that sunlight hardly changes.',
);
add(
  'ash',
  '#dfc59b',
  1.05,
  'Ash is light in colour, long in fibre and surprisingly strong.',
  'The pale ash is soaped, which keeps it bright and silky to the touch.',
);
add(
  'black ash',
  '#3f3b39',
  1.12,
  'The ash is stained black so thinly that its grain still shows.',
  'Water-based stain gives the ash its quiet black; a matt lacquer protects it.',
);
add(
  'walnut',
  '#815a3d',
  1.4,
  'The walnut is chosen board by board for its colour and oiled three times.',
  'Walnut turns a little lighter and warmer in daylight, and no two pieces are alike.',
);
add(
  'beech',
  '#d9ab7d',
  0.92,
  'Steamed beech is dense and even, with small flecks that catch the light.',
  'The beech comes from forests less than two hundred kilometres from the workshop.',
);
add(
  'birch',
  '#e6cfa6',
  0.88,
  'Birch has a fine, calm grain and a creamy colour.',
  'The birch is sanded four times and sealed with a matt, water-based lacquer.',
);
add(
  'pine',
  '#e0b878',
  0.75,
  'Slow-grown pine has narrow rings and turns the colour of honey in time.',
  'The pine keeps its knots, because that is what pine looks like.',
);
add(
  'cherry wood',
  '#b5714a',
  1.3,
  'Cherry wood deepens from pink to a warm red-brown in its first summer.',
  'The cherry wood is finished with oil and wax and smells faintly of both.',
);
add(
  'teak',
  '#b27f4c',
  1.3,
  'Teak carries its own oil: left alone outdoors it weathers to silver.',
  'The teak is reclaimed from old beams, which is why small nail marks may be seen.',
);
add(
  'acacia',
  '#a06a41',
  0.9,
  'Acacia is hard, lively in grain and at home in rain or shine.',
  'Each piece of acacia has bands of light and dark wood, no two in the same place.',
);
add(
  'olive wood',
  '#b48a55',
  1.35,
  'Olive wood grows slowly and crookedly, which is where its wild grain comes from.',
  'The olive wood comes from trees that no longer bear fruit.',
);
add(
  'bamboo',
  '#d9bd7d',
  0.8,
  'Bamboo is a grass that grows back in four years and is as hard as many woods.',
  'The bamboo is pressed in layers, so that it neither warps nor splits.',
);
add(
  'rattan',
  '#d0a367',
  0.95,
  'Rattan is steamed, bent and bound by hand while it is still warm.',
  'The rattan is left unvarnished and takes on a deeper gold with use.',
);
add(
  'willow',
  '#b58a58',
  0.9,
  'The willow is cut in winter, boiled and stripped, and woven while it is damp.',
  'Willow bends without breaking, so the weave may be pulled back into shape at any time.',
);
add(
  'seagrass',
  '#c2ad77',
  0.85,
  'Seagrass smells faintly of hay at first and is naturally resistant to stains.',
  'Twisted seagrass has greens and golds in it that slowly even out.',
);
add(
  'jute',
  '#c8a873',
  0.8,
  'Jute is soft underfoot for a plant fibre and needs no dye to look good.',
  'The jute is spun thick and left in its natural colour.',
);
add(
  'sisal',
  '#cdb88c',
  0.85,
  'Sisal is the toughest of the plant fibres and does not mind a busy hall.',
  'Sisal takes up moisture from the air and gives it back, which is good for a room.',
);
add(
  'coir',
  '#a97c4b',
  0.7,
  'Coir comes from the husk of the coconut and brushes off mud without a fuss.',
  'The coir is set in natural rubber, so it stays where it is put.',
);

add(
  'brass',
  '#cfa349',
  1.3,
  'The brass is not lacquered: it mellows, or shines again after a rub with lemon.',
  'Solid brass, turned and brushed, with all the weight that one hopes for.',
);
add(
  'copper',
  '#c2764f',
  1.3,
  'Copper conducts heat better than anything else in the house and ages beautifully.',
  'The copper is spun from one sheet and brushed to a soft shine.',
);
add(
  'steel',
  '#aab2b6',
  1,
  'Brushed stainless steel: it neither rusts nor chips and hides fingerprints well.',
  'The stainless steel is 18/10, the kind that lasts for generations.',
);
add(
  'carbon steel',
  '#5f666b',
  1.05,
  'Carbon steel takes a fine edge and darkens with use, which protects it.',
  'The carbon steel is forged, tempered and ground by people who sign their work.',
);
add(
  'powder-coated steel',
  '#8d9498',
  0.95,
  'The steel is powder-coated, which makes its colour as hard as its shape.',
  'A matt powder coating keeps the steel from rust and scratches.',
);
add(
  'aluminium',
  '#c3c9cb',
  0.9,
  'Recycled aluminium keeps it light enough to move with one hand.',
  'The aluminium is cast, sanded and coated in one small foundry.',
);
add(
  'cast iron',
  '#45474a',
  1.05,
  'Cast iron is slow to warm and slow to cool, and gets better with every use.',
  'The iron is poured into sand moulds, so each piece is the only one of its casting.',
);
add(
  'enamelled iron',
  '#59606a',
  1.15,
  'Two coats of enamel are fired onto the iron at 800 degrees.',
  'The enamel is easy to clean and does not mind lemon, wine or tomatoes.',
);
add(
  'enamelled steel',
  '#8b939b',
  0.85,
  'The enamel is hand-dipped; small marks at the rim show where it was held.',
  'Enamelled steel is light, cheerful and almost impossible to wear out.',
);
add(
  'zinc',
  '#9aa5a8',
  0.9,
  'Zinc is left bare and grows a soft grey bloom in the weather.',
  'The galvanised zinc will not rust, whatever the season.',
);

add(
  'stoneware',
  '#c8b59b',
  1,
  'The stoneware is thrown, dried for a week and fired at 1,260 degrees.',
  'Stoneware keeps warm things warm, and its raw foot is smooth enough for any table.',
);
add(
  'porcelain',
  '#efebe4',
  1.35,
  'The porcelain is thin enough to let light through and strong enough for every day.',
  'Porcelain is fired twice, the second time at 1,320 degrees, and rings like a bell.',
);
add(
  'earthenware',
  '#c98f68',
  0.8,
  'Earthenware is the oldest of the potter’s clays, warm in the hand and in the eye.',
  'The red clay of the earthenware shows wherever the glaze thins at an edge.',
);
add(
  'terracotta',
  '#c67650',
  0.75,
  'The terracotta is unglazed and breathes, which roots are grateful for.',
  'Terracotta whitens a little with lime in time, as it should.',
);
add(
  'bone china',
  '#f1ece2',
  1.45,
  'Bone china is the strongest of all white clays, however fine it looks.',
  'The bone china is cast thin, glazed clear and fired three times.',
);
add(
  'glass',
  '#bcd3d2',
  0.95,
  'The glass is mouth-blown; a small bubble here and there is the proof.',
  'Borosilicate glass takes hot and cold without complaint.',
);
add(
  'recycled glass',
  '#a9c7b4',
  0.85,
  'Bottles and old windows went into the glass, hence its tint of green.',
  'The recycled glass has small bubbles and a slightly uneven rim, and is all the better for it.',
);
add(
  'smoked glass',
  '#7d7a78',
  1.1,
  'The grey of the smoked glass is in the melt, not on it, and will not wear off.',
  'Smoked glass softens whatever is behind it.',
);
add(
  'opal glass',
  '#f2ede2',
  1.15,
  'The opal glass is blown in three layers, so that the light is even and soft.',
  'Opal glass hides the bulb and gives a light without glare.',
);
add(
  'marble',
  '#e2deda',
  1.5,
  'The marble is honed, not polished, and its veins are different on every piece.',
  'Offcuts of marble, too small for kitchens, are just right for this.',
);
add(
  'travertine',
  '#d9c7ac',
  1.45,
  'The travertine is left unfilled, so its small hollows can be seen and felt.',
  'Travertine is cut across the vein, which gives it its cloudy pattern.',
);
add(
  'concrete',
  '#b3b0aa',
  0.9,
  'The concrete is cast by hand and sealed; tiny air holes are part of it.',
  'Fine concrete with a touch of pigment, sanded until it feels like slate.',
);
add(
  'terrazzo',
  '#e0d8cc',
  1.2,
  'Chips of marble in many colours are set in the terrazzo and ground flush.',
  'No two pieces of terrazzo have the same confetti.',
);
