// Plants in their pots, empty pots and watering cans.

import { d, turned } from './sheet.mjs';

/** @typedef {import('./draw.mjs').Drawing} Drawing */

const greens = ['#3f6b4a', '#4f7d56', '#68955f', '#365a47'];

/** The pot of a plant; its mouth is at y = 236. */
function pot(sheet, { m, c, shape, cut }, behind) {
  const w = 60 + 3 * cut;
  sheet.shadow(200, 330, w, 14);
  behind?.();
  const profile =
    shape === 'belly'
      ? [
          [w - 10, 238],
          [w - 8, 246],
          [w + 8, 284],
          [w - 18, 326],
          [w - 20, 330],
        ]
      : [
          [w, 238],
          [w - 1, 248],
          [w - 14, 322],
          [w - 16, 330],
        ];
  const body = turned(200, profile);
  sheet.path(body, sheet.round(c));
  if (shape === 'band')
    sheet.clipped(body, () =>
      sheet.path('M100 268q100 18 200 0v22q-100 18 -200 0z', sheet.round(m)),
    );
  sheet.ellipse(200, 238, profile[0][0], 12, c.light);
  sheet.ellipse(200, 239, profile[0][0] - 5, 9, '#4b382c');
  sheet.line(d`M${224 - w} 262q0 20 6 40`, '#fff', 6, ' opacity=".35"');
}

const MONSTERA =
  'M0 0C-46 -8 -58 -44 -44 -78l14 10l-6 -22q16 -22 36 -30q20 8 36 30l-6 22l14 -10C58 -44 46 -8 0 0z';

/** @type {Drawing} */
function monstera(sheet, look) {
  const { random } = look;
  pot(sheet, look);
  const leaves = [
    [-74, 128, 78, -52],
    [74, 122, 80, 48],
    [-46, 84, 84, -26],
    [50, 76, 80, 26],
    [0, 92, 96, 2],
    [-88, 182, 60, -80],
    [84, 184, 62, 78],
  ];
  sheet.line(
    leaves
      .map(
        ([x, y]) => d`M200 238Q${200 + x * 0.2} ${(238 + y) / 2 + 20} ${200 + x * 0.8} ${y + 34}`,
      )
      .join(''),
    '#5f8a57',
    4,
  );
  sheet.define(
    `<g id="leaf"><path d="${MONSTERA}"/><path d="M0 0V-94" stroke="#a9c79a" stroke-width="2" opacity=".7"/></g>`,
  );
  leaves.forEach(([x, y, size, turn], at) => {
    const fill = sheet.side({ light: '#6fa068', base: greens[at % 2], dark: '#2f5240' });
    sheet.add(
      d`<use href="#leaf" fill="${fill}" transform="translate(${Math.round(200 + x * 0.8)} ${y + 36})rotate(${turn + random.int(-6, 6)})scale(.` +
        `${size})"/>`,
    );
  });
}

/** @type {Drawing} */
function snakePlant(sheet, look) {
  const { random } = look;
  pot(sheet, look);
  const blades = [
    [-40, 116, -13],
    [38, 104, 12],
    [-22, 66, -6],
    [24, 78, 7],
    [0, 52, 1],
    [-8, 136, -20],
    [12, 142, 18],
  ];
  for (const [x, top, lean] of blades) {
    const y = top + random.int(-10, 10);
    const [tip, w] = [200 + x + lean * 1.6, 12];
    sheet.path(
      d`M${200 + x * 0.6 - w} 240C${200 + x - w * 1.5} ${(240 + y) / 2} ${tip - w} ${y + 30} ${tip} ${y}C${tip + w} ${y + 30} ${200 + x + w * 1.5} ${(240 + y) / 2} ${200 + x * 0.6 + w} 240z`,
      sheet.side({ light: '#d8cf7e', base: '#cdc46e', dark: '#b3ad5a' }),
    );
    sheet.path(
      d`M${204 + x * 0.6 - w} 240C${205 + x - w * 1.5} ${(240 + y) / 2} ${tip - w + 5} ${y + 34} ${tip} ${y + 12}C${tip + w - 5} ${y + 34} ${195 + x + w * 1.5} ${(240 + y) / 2} ${196 + x * 0.6 + w} 240z`,
      sheet.side({ light: '#5f9167', base: '#47764f', dark: '#2f5540' }),
    );
  }
}

/** @type {Drawing} */
function oliveTree(sheet, look) {
  const { random } = look;
  pot(sheet, look);
  sheet.line(
    'M200 240C194 200 208 180 200 140M201 176q-20 -14 -30 -34M203 168q22 -14 28 -36',
    '#7d6a55',
    7,
  );
  let back = '';
  let fore = '';
  for (let at = 0; at < 64; at++) {
    const [a, far] = [random.range(0, 6.28), Math.sqrt(random.next())];
    const [x, y] = [
      Math.round(200 + 78 * far * Math.cos(a)),
      Math.round(110 + 66 * far * Math.sin(a)),
    ];
    const data = `M${x} ${y}l${random.int(-9, 9)} -15`;
    if (at % 2) back += data;
    else fore += data;
  }
  sheet.ellipse(200, 108, 70, 58, '#7b8f6d', ' opacity=".5"');
  (sheet.line(back, '#6d8464', 7), sheet.line(fore, '#9db08c', 6));
  for (const [x, y] of [
    [168, 110],
    [230, 96],
    [206, 134],
    [184, 76],
  ])
    sheet.ellipse(x, y, 4, 5.5, '#4d4a3a');
}

/** @type {Drawing} */
function cactus(sheet, look) {
  const { cut, random } = look;
  pot(sheet, look);
  const skin = sheet.round({ base: '#5f8f66', pale: '#8cb886', deep: '#35604b' });
  const bloom = random.pick(['#e4768a', '#efb24a', '#d9563f']);
  const ribs = (x, y, w, low) => {
    let data = '';
    for (const at of [-0.55, -0.2, 0.2, 0.55]) data += d`M${x + at * w} ${y + 12}V${low}`;
    sheet.line(data, '#2f5a45', 2, ' opacity=".5" stroke-dasharray="1 7"');
  };
  if (cut === 1) {
    sheet.ellipse(200, 186, 62, 62, skin);
    for (const at of [-40, -20, 0, 20, 40])
      sheet.line(
        d`M200 126Q${200 + at * 2.1} 186 ${200 + at * 0.8} 242`,
        '#2f5a45',
        2.4,
        ' opacity=".45"',
      );
    ribs(200, 130, 80, 232);
    for (const [x, y] of [
      [184, 128],
      [200, 120],
      [216, 128],
    ])
      (sheet.ellipse(x, y, 10, 9, bloom), sheet.ellipse(x, y - 1, 4, 4, '#f7e3a8'));
    return;
  }
  if (cut === 2) {
    for (const [x, y, rx, ry, turn] of [
      [200, 176, 40, 64, 0],
      [152, 128, 28, 42, -24],
      [246, 118, 30, 44, 22],
      [204, 84, 26, 36, 4],
    ]) {
      sheet.add(
        `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="${skin}" transform="rotate(${turn} ${x} ${y})"/>`,
      );
      ribs(x, y - ry * 0.8, rx, y + ry * 0.7);
    }
    (sheet.ellipse(204, 50, 10, 9, bloom), sheet.ellipse(262, 78, 8, 7, bloom));
    return;
  }
  (sheet.line('M202 178h34q18 0 18 -18v-34', '#5a8a62', 26),
    sheet.line('M198 206h-34q-18 0 -18 -18v-26', '#5a8a62', 26));
  sheet.rect(176, 68, 48, 174, skin, 24);
  ribs(200, 70, 36, 238);
  (sheet.ellipse(200, 66, 11, 9, bloom), sheet.ellipse(254, 112, 8, 7, bloom));
}

/** @type {Drawing} */
function stringOfHearts(sheet, look) {
  const { random } = look;
  const heart = (x, y) => d`M${Math.round(x)} ${Math.round(y)}q-10 -12 0 -7q10 -5 0 7`;
  sheet.add('<g transform="translate(0 -50)">');
  pot(sheet, look);
  let light = '';
  let dark = '';
  let threads = '';
  // Most hang down at the sides, so that the pot can be seen.
  for (const at of [-5, -4.3, -3.5, -2.4, 2.4, 3.6, 4.3, 5]) {
    const x = 200 + at * 15;
    const end = 268 + random.range(20, 128) * (Math.abs(at) > 3 ? 1 : 0.35);
    threads += d`M${200 + at * 10} 236q${at * 5} 0 ${at * 5} 18V${Math.round(end)}`;
    for (let y = 246; y < end + 8; y += random.range(22, 32)) {
      const one = heart(x + random.range(-6, 6), y);
      if (random.chance(0.5)) light += one;
      else dark += one;
    }
  }
  for (let at = 0; at < 12; at++) dark += heart(random.range(146, 254), random.range(212, 242));
  sheet.line(threads, '#8a6f6b', 1.6);
  (sheet.line(dark, '#4d7a5d', 5, ' style="fill:#4d7a5d"'),
    sheet.line(light, '#8fb08d', 5, ' style="fill:#8fb08d"'));
  sheet.add('</g>');
}

/** @type {Drawing} */
function planter(sheet, { m, c, shape, cut, random }) {
  const w = shape === 'bowl' ? 122 : 98 + 5 * cut;
  const [y, low] = shape === 'bowl' ? [234, 320] : shape === 'legs' ? [184, 290] : [178, 324];
  sheet.shadow(200, 328, w * 0.9, 15);
  if (shape === 'legs')
    for (const [x, fill] of [
      [200 - w * 0.6, '#b58653'],
      [200 + w * 0.6, '#96693c'],
      [206, '#7a5530'],
    ])
      sheet.leg(x, low - 10, 13, x + (x - 200) * 0.12, 330, 8, fill);
  for (let at = 0; at < 9; at++) {
    const x = 200 + (at - 4) * w * 0.18;
    const h = random.range(40, 78);
    sheet.path(
      d`M${x} ${y + 4}q${-22} ${-h * 0.5} ${(at - 4) * 4} ${-h}q22 ${h * 0.5} ${(4 - at) * 4} ${h}z`,
      random.pick(greens),
    );
  }
  const profile =
    shape === 'bowl'
      ? [
          [w, y],
          [w - 4, y + 14],
          [w * 0.6, low],
          [w * 0.56, low + 6],
        ]
      : [
          [w, y],
          [w - 2, y + 12],
          [w * 0.74, low],
          [w * 0.72, low + 4],
        ];
  const body = turned(200, profile);
  sheet.path(body, sheet.round(m));
  sheet.path(
    d`M${194 - w} ${y - 2}q${w + 6} 18 ${2 * w + 12} 0v22q${-w - 6} 18 ${-2 * w - 12} 0z`,
    sheet.round(c),
  );
  sheet.line(d`M${226 - w} ${y + 40}q2 20 10 40`, '#fff', 6, ' opacity=".25"');
}

/** @type {Drawing} */
function wateringCan(sheet, { m, c, shape, cut }) {
  const w = 66 + 3 * cut;
  const x = 176;
  sheet.shadow(190, 326, 104, 14);
  const spout =
    shape === 'long'
      ? d`M${x + w - 8} 300C${x + w + 56} 288 ${x + w + 52} 176 ${x + w + 108} 138`
      : d`M${x + w - 8} 290L${x + w + 84} 168`;
  sheet.line(spout, m.deep, shape === 'long' ? 12 : 18);
  sheet.line(spout, m.light, shape === 'long' ? 5 : 8, ' transform="translate(-2 -2)"');
  if (shape === 'garden')
    sheet.path(
      d`M${x + w + 66} 150l34 30q16 -22 8 -38q-16 -10 -42 8z`,
      sheet.side({ light: '#e0bb66', base: '#c9a04a', dark: '#a47e33' }),
    );
  sheet.line(d`M${x - w + 6} 208C${x - w - 70} 170 ${x - w - 60} 300 ${x - w + 4} 290`, c.deep, 12);
  sheet.line(d`M${x - w + 4} 206C${x - w - 68} 170 ${x - w - 58} 298 ${x - w + 4} 288`, c.light, 6);
  sheet.line(
    d`M${x - w + 14} 196C${x - w + 10} 112 ${x + w - 10} 112 ${x + w - 14} 196`,
    c.deep,
    9,
  );
  sheet.line(
    d`M${x - w + 13} 194C${x - w + 9} 110 ${x + w - 11} 110 ${x + w - 15} 194`,
    c.light,
    4,
  );
  sheet.path(
    turned(x, [
      [w - 10, 196],
      [w - 8, 206],
      [w, 310],
      [w, 324],
    ]),
    sheet.round(m),
  );
  sheet.path(d`M${x - w} 286q${w} 16 ${2 * w} 0v20q${-w} 16 ${-2 * w} 0z`, sheet.round(c));
  (sheet.ellipse(x, 196, w - 10, 11, m.light), sheet.ellipse(x, 198, w - 15, 8, m.deep));
  sheet.line(d`M${x - w + 24} 222l-4 50`, '#fff', 6, ' opacity=".4"');
}

/** @type {Record<string, Drawing>} */
export const plantDrawings = {
  monstera,
  'snake-plant': snakePlant,
  'olive-tree': oliveTree,
  cactus,
  'string-of-hearts': stringOfHearts,
  planter,
  'watering-can': wateringCan,
};
