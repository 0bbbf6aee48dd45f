// The shop's colours: the word in a product's name, what it looks like, and the tone in its picture.

/** @typedef {{word: string, like: string, hex: string}} Colour */

/** @type {Record<string, Colour>} */
export const colours = {};

for (const line of `
chalk|a soft off-white|#f0ece3
bone|a warm ivory|#e7dcc6
oat|a pale, creamy beige|#ddcdb1
butter|a pale, milky yellow|#f0dd9f
sand|a light, dry beige|#d6bd95
camel|a warm light brown|#bd9160
clay|a dusty pink-brown|#bf9078
stone|a warm light grey|#b7afa4
fog|a pale blue-grey|#c2cacc
slate|a cool mid grey|#6b7780
graphite|a deep neutral grey|#4c5056
soot|a soft black|#37363a
terracotta|a sun-baked orange-red|#c7704d
rust|a deep burnt orange|#a9522f
brick|a muted dark red|#9b4c3d
cinnamon|a spiced red-brown|#a76a40
tobacco|a dark golden brown|#7d5c3f
cocoa|a deep, dry brown|#624839
ochre|an earthy yellow|#cd9a3f
mustard|a strong, warm yellow|#d9ac35
honey|a golden light brown|#dcae62
saffron|a bright orange-yellow|#e39a2e
lemon|a clear, sunny yellow|#efd65f
sage|a greyish soft green|#a4b291
pistachio|a light, nutty green|#bccb93
mint|a cool pale green|#b4d6c2
eucalyptus|a silvery blue-green|#8eae9f
fern|a fresh leaf green|#639158
moss|a yellowish deep green|#757f42
olive|a brownish green|#838048
forest|a dark, calm green|#39583f
pine|a dark blue-green|#2f5c50
sky|a clear pale blue|#a7c8dd
cornflower|a friendly mid blue|#7e9bd0
sea|a greenish mid blue|#5c98a4
teal|a rich blue-green|#2f7778
petrol|a dark greenish blue|#2d5868
denim|a washed blue|#5a79a0
cobalt|a vivid deep blue|#3157a6
indigo|a deep violet-blue|#3d4c80
ink|a blue that is nearly black|#2f3a53
blush|a pale, warm pink|#e8c1b4
rose|a powdery mid pink|#d6979c
coral|a lively orange-pink|#e3826c
poppy|a bright orange-red|#d64a32
cherry|a clear dark red|#b13038
berry|a deep purplish red|#933a51
plum|a muted red-violet|#72415d
aubergine|a violet that is nearly black|#4d3048
lavender|a greyish light violet|#b4a8cf
`
  .trim()
  .split('\n')) {
  const [word, like, hex] = line.split('|');
  colours[word] = { word, like, hex };
}

/**
 * @param {string} words
 * @returns {Colour[]}
 */
const list = (words) =>
  words.split(' ').map((word) => {
    if (!colours[word]) {
      throw new Error(`no such colour: ${word}`);
    }
    return colours[word];
  });

/** Which colours a kind of surface comes in: a glaze, a dyed cloth, lacquered metal and so on. */
export const colourGroups = {
  upholstery: list(
    'oat stone fog slate graphite clay terracotta rust camel ochre sage moss olive ' +
      'forest petrol denim ink blush plum tobacco pine eucalyptus',
  ),
  cloth: list(
    'chalk oat sand stone fog slate clay terracotta rust cinnamon ochre mustard sage ' +
      'pistachio eucalyptus moss forest sky sea denim indigo ink blush rose berry plum lavender soot',
  ),
  rug: list(
    'oat sand stone fog slate graphite clay terracotta rust brick ochre sage moss olive ' +
      'forest sea petrol denim indigo blush rose plum camel cinnamon',
  ),
  glaze: list(
    'chalk bone oat butter fog stone slate soot terracotta rust ochre honey sage pistachio ' +
      'eucalyptus moss forest sky sea teal petrol cobalt ink blush rose plum lavender clay',
  ),
  lacquer: list(
    'chalk bone fog slate soot ochre mustard saffron sage eucalyptus forest pine sky sea ' +
      'petrol cobalt ink blush coral poppy cherry terracotta olive plum butter',
  ),
  enamel: list(
    'chalk butter fog slate soot sage mint forest sky cornflower petrol cobalt ink poppy ' +
      'cherry berry mustard saffron coral',
  ),
  leather: list('camel cinnamon tobacco cocoa soot rust olive forest ink berry sand'),
  canvas: list(
    'chalk oat sand stone soot graphite ochre mustard rust terracotta olive moss forest ' +
      'sea petrol denim ink poppy cherry blush',
  ),
  garden: list(
    'chalk sand soot graphite forest pine olive sage petrol sea terracotta rust mustard ' +
      'poppy sky ink stone',
  ),
  paper: list(
    'oat butter fog slate soot terracotta rust ochre mustard sage moss forest mint sky sea ' +
      'petrol cobalt ink blush rose coral poppy berry plum lavender',
  ),
  wax: list(
    'chalk bone butter oat fog sage moss forest sky petrol ink blush rose terracotta rust ' +
      'berry plum mustard honey lavender soot',
  ),
  bed: list(
    'chalk oat sand stone fog slate clay terracotta sage eucalyptus forest sky denim ink ' +
      'blush rose lavender plum ochre',
  ),
};
