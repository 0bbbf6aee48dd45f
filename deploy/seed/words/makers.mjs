// The invented workshops behind the goods and the collections they sell. A collection belongs to
// one maker for ever, so everything called "Halden" is priced and described alike.

import { hash32 } from '../random.mjs';

/**
 * @typedef {object} Maker
 * @property {string} name
 * @property {string} place as in "a joinery in Denmark"
 * @property {string} locale faker's locale for the names of its designers
 * @property {number} tier on the price: a one-person pottery asks for more than a mill
 * @property {'round' | 'ninety' | 'half' | 'ninetyFive'} ending how it likes its prices to end
 */

/** @typedef {{name: string, maker: Maker}} Collection */

const endings = /** @type {const} */ (['round', 'ninety', 'half', 'ninetyFive']);
const country = {
  da: 'Denmark',
  sv: 'Sweden',
  fi: 'Finland',
  nl: 'the Netherlands',
  de: 'Germany',
  fr: 'France',
  it: 'Italy',
  pt_PT: 'Portugal',
};

/**
 * @param {string} makers one per line: name|what it is|locale|tier
 * @param {string} names of collections
 * @returns {Collection[]}
 */
function family(makers, names) {
  const all = makers
    .trim()
    .split('\n')
    .map((line, at) => {
      const [name, what, locale, tier] = line.split('|');
      return {
        name,
        place: `${what} in ${country[locale]}`,
        locale,
        tier: Number(tier),
        ending: endings[at % 4],
      };
    });
  return names
    .trim()
    .split(/\s+/)
    .map((name) => ({ name, maker: all[hash32(name) % all.length] }));
}

// Names for collections. What is drawn from one pool may bear one name in two categories.
const pools = {
  furniture: `
Halden Orla Fenna Askel Brisk Tovik Marlo Lunde Sorrel Vesper Holme Rask Ebbe Linnea Torsby Calder
Nesta Alvar Birkel Dunmore Elgin Farrow Grano Hesper Ivo Jorda Kelda Larkin Mirel Norrby Osgar Pernil
Quill Runa Selby Tarn Ulma Vidar Wenlock Yarrow Zeno Ambel Bodil Corrin Dalia Ennis Fjell Galen Harrow
Inga Jarl Kinross Lomma Maren Nolde Ostra Pellow Rowan Skagen Thea`,
  light: `
Aurel Bless Candor Dusk Ember Fanal Glim Halo Isolde Juno Kite Lyra Mira Nocta Onda Pharo Quasar Riva
Solis Tindra Umbra Vela Wick Xenia Ylva Zenit Astra Beacon Cirro Delta Eclat Flamme Gleam Hestia Iris
Jasper Kandel Lumo Midsommar Nimbus Opal Perla Radia Sirius Tallow Ursa Vega Wisp Altair Boreal Corona
Dorado Estrel Flint Gloam Helia Ingot Kepler Lustra Merope`,
  clay: `
Alma Bruma Cala Duna Elba Faro Gres Haze Ilha Jura Kuppi Loam Marea Nebbia Ostrea Pebble Quarry Rill
Salt Tansy Umber Vira Wold Yoho Zephyr Argil Bisque Cinder Dell Esker Firth Greda Heath Inlet Karst
Lagoa Moraine Nevis Orra Paloma Rime Shale Tarnby Uist Vale Weir Aster Bramble Clover Drift Estua Fen
Glen Hollin Isla Jetty Kelp Linden Mist Nettle`,
  cloth: `
Anholt Bergen Carda Dala Elver Fleece Gotska Hemsy Isra Jolin Knoll Loom Mossa Nara Oland Pastor Quilla
Ravel Skein Tolva Ulla Vara Warp Yarn Zora Alpe Birka Crofter Dorset Evora Faroe Gimmel Herda Inverness
Jutta Kumla Lerwick Merin Nordal Ovis Plaid Ryeland Selje Teasel Uppland Visby Weft Aran Boden Cable
Donegal Eskil Fold Gansey Hearth Islay Jorvik Kersey Lovat Mull`,
  craft: `
Abel Bobbin Comet Dapple Elmer Folio Gusto Hopper Inka Jolly Kipper Lotta Milo Nib Otto Pippa Quarto
Rollo Sketch Tilly Uno Viggo Wander Yuma Ziggy Almanac Basil Clementine Dot Enzo Finch Gadget Hobby
Ilse Juniper Koko Ledger Minim Nomad Octavo Penny Quill Ranger Scout Tinker Ursel Vellum Wren Atlas
Bento Carta Domino Echo Fable Grid Harbour Index Jot Kraft Lark`,
};

/** @type {Record<string, Collection[]>} */
export const families = {
  furniture: family(
    `
Halvorsen & Daughter|a joinery|da|1.25
Nordhem Workshop|a furniture workshop|sv|1.0
Kestrel & Pine|a small factory|da|0.9
Studio Marrow|a design studio|nl|1.15
Atelier Brume|a cabinetmaker’s atelier|fr|1.3
Tischlerei Lindt & Moos|a joinery|de|1.1
Puumaja|a wood workshop|fi|1.0
Bottega Salice|a family workshop|it|1.2
`,
    pools.furniture,
  ),
  light: family(
    `
Lumen & Loft|a lamp maker|nl|1.1
Officina Fioco|a metal workshop|it|1.3
Glashytta Vik|a glassworks|sv|1.2
Blekk & Messing|a brass workshop|da|1.25
Forge du Val|a forge|fr|1.15
Werkstatt Ostwind|a metal workshop|de|1.0
Rautala|an ironworks|fi|0.95
Metalúrgica Serra|a family foundry|pt_PT|0.9
`,
    pools.light,
  ),
  clay: family(
    `
Tidewater Pottery|a two-room pottery|pt_PT|1.1
Olaria do Rio|a family pottery|pt_PT|0.85
Kiln & Cloud|a ceramics studio|nl|1.2
Lerbruk|a pottery|sv|1.1
Manufaktur Seeblick|a porcelain works|de|1.25
Terre Douce|a pottery|fr|1.15
Fornace Alba|a kiln|it|1.05
Savi & Suola|a ceramics studio|fi|1.0
`,
    pools.clay,
  ),
  cloth: family(
    `
Weavers of Anholt|a weaving mill|da|1.1
Lã & Linho|a linen weaver|pt_PT|0.95
Väveri Åker|a weaving mill|sv|1.1
Maison Pelote|a textile house|fr|1.25
Tessitura Colle|a weaving mill|it|1.15
Webkante|a weaving studio|de|1.0
Kutomo Suvi|a weaving mill|fi|1.05
Garen & Zoon|a family mill|nl|0.9
`,
    pools.cloth,
  ),
  glass: family(
    `
Glashytta Vik|a glassworks|sv|1.2
Vetreria Laguna|a glassworks|it|1.25
Lasipaja Usva|a glass studio|fi|1.05
Verrerie du Lac|a glassworks|fr|1.1
Glashütte Tannberg|a glassworks|de|1.0
Vidraria Maré|a family glassworks|pt_PT|0.85
`,
    pools.light,
  ),
  kitchen: family(
    `
Eisenwerk Rotbach|a foundry|de|1.05
Fonderie Marceau|a foundry|fr|1.2
Smedjan Åbo|a forge|sv|1.1
Ramerie Bellini|a coppersmith’s shop|it|1.2
Kokkepunkt|a cookware maker|da|1.0
Cutelaria Norte|a cutler’s shop|pt_PT|0.9
`,
    pools.clay,
  ),
  garden: family(
    `
Fornace Alba|a kiln|it|1.1
Gärtnerei Immergrün|a nursery|de|0.95
Kwekerij De Linde|a nursery|nl|0.9
Olaria do Rio|a family pottery|pt_PT|0.85
Planteriet|a nursery|da|1.1
Serre du Nord|a greenhouse|fr|1.05
`,
    pools.clay,
  ),
  basket: family(
    `
Korbhaus Weidenau|a basket maker|de|1.1
Cestaria Lima|a basket maker|pt_PT|0.85
Vannerie Osier|a basket maker’s atelier|fr|1.2
Pilehuset|a willow workshop|da|1.1
Mandenmakerij Riet|a family workshop|nl|0.95
`,
    pools.cloth,
  ),
  bag: family(
    `
Taller & Thread|a bag maker|pt_PT|0.95
Sellerie Canif|a saddler’s workshop|fr|1.25
Verkstad Trettio|a bag maker|sv|1.0
Borsificio Elio|a family workshop|it|1.15
Tasker & Søn|a leather workshop|da|1.1
Zeil & Riem|a sailmaker’s loft|nl|0.9
`,
    pools.craft,
  ),
  clock: family(
    `
Uhrenwerk Halm|a clockmaker|de|1.15
Klokkeriet|a clock workshop|da|1.1
Horloger Petit|a clockmaker’s atelier|fr|1.25
Orologeria Sesto|a clockmaker|it|1.2
Urverket Norr|a clock workshop|sv|0.95
`,
    pools.craft,
  ),
  paper: family(
    `
Paperwell|a bindery|nl|1.0
Buchbinderei Falter|a bindery|de|1.15
Papeterie Plume|a stationer’s workshop|fr|1.2
Cartoleria Foglia|a paper maker|it|1.1
Papir & Penn|a stationer|da|1.05
Tipografia Sete|a letterpress printer|pt_PT|0.9
`,
    pools.craft,
  ),
  wax: family(
    `
Lysestøberiet|a candle maker|da|1.1
Kerzenzieherei Mohn|a candle maker|de|1.0
Cirier Dubois|a candle maker|fr|1.25
Ljusgården|a candle workshop|sv|0.95
Cereria Luce|a candle maker|it|1.15
`,
    pools.light,
  ),
};
