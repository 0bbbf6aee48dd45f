// Candles, all of them burning, their holders, and soap.

import { box, d, oval, shade, turned } from './sheet.mjs';

/** @typedef {import('./draw.mjs').Drawing} Drawing */

/** A flame on a wick that starts at (x, y), and the light around it. */
function flame(sheet, x, y, size = 1) {
  sheet.ellipse(x, y - 26 * size, 92 * size, 92 * size, sheet.glow('#ffdf94', 0.8));
  sheet.line(d`M${x} ${y}v${-12 * size}`, '#4a3a30', 2.4);
  sheet.path(
    d`M${x} ${y - 52 * size}c${12 * size} ${18 * size} ${13 * size} ${28 * size} ${10 * size} ${36 * size}q${-10 * size} ${12 * size} ${-20 * size} 0c${-3 * size} ${-8 * size} ${-2 * size} ${-18 * size} ${10 * size} ${-36 * size}z`,
    '#f6a93b',
  );
  sheet.path(
    d`M${x} ${y - 38 * size}c${7 * size} ${12 * size} ${8 * size} ${18 * size} ${5 * size} ${24 * size}q${-5 * size} ${6 * size} ${-10 * size} 0c${-3 * size} ${-6 * size} ${-2 * size} ${-12 * size} ${5 * size} ${-24 * size}z`,
    '#fff0c0',
  );
}

/** @type {Drawing} */
function pillar(sheet, { c, shape, cut }) {
  const one = (x, base, w, h) => {
    const y = base - h;
    sheet.shadow(x, base, w * 1.15, 11);
    if (shape === 'bubbles') {
      flame(sheet, x, y + 2, 0.9);
      const r = w / 2;
      for (let row = 0; row < Math.round(h / (r * 1.3)); row++) {
        for (const side of [-1, 1, 0]) {
          const cy = base - r * 0.95 - row * r * 1.34;
          sheet.ellipse(
            x + side * r * 0.98,
            cy - (side ? 0 : 3),
            r * 0.74,
            r * 0.74,
            sheet.side({ light: c.pale, base: c.base, dark: c.dark }),
          );
        }
      }
      return;
    }
    flame(sheet, x, y - 1, 0.9);
    sheet.path(d`M${x - w} ${y}V${base - 6}q${w} 16 ${2 * w} 0V${y}z`, sheet.round(c));
    sheet.ellipse(x, y, w, w * 0.2, c.pale);
    sheet.ellipse(x, y + 1, w * 0.74, w * 0.13, shade(c, 0.1));
    if (shape === 'ribbed') {
      let data = '';
      for (let at = -5; at <= 5; at++)
        data += d`M${x + w * Math.sin(at * 0.28)} ${y + w * 0.19 * Math.cos(at * 0.28) + 3}V${base - 7 + w * 0.17 * Math.cos(at * 0.28)}`;
      sheet.line(data, c.deep, 2.2, ' opacity=".4"');
    }
  };
  one(262, 308, 42, 96 + 10 * cut);
  one(160, 326, 52, 158 + 12 * cut);
}

/** @type {Drawing} */
function scented(sheet, { m, c, cut, shape }) {
  const [w, y] = [74 + 4 * cut, 196];
  const sprigs = { fig: '#7d9a6d', cedar: '#5d7a66', citrus: '#e39a3e', lavender: '#9185c2' };
  sheet.shadow(200, 324, w + 6, 14);
  sheet.path(
    d`M${200 - w} ${y}L${206 - w} 310q4 14 18 16q${w - 24} 6 ${2 * w - 48} 0q14 -2 18 -16L${200 + w} ${y}z`,
    sheet.round(c),
  );
  sheet.ellipse(200, y, w, 15, c.dark);
  sheet.ellipse(200, y + 7, w - 5, 11, m.light);
  flame(sheet, 200, y + 7, 1.05);
  sheet.rect(200 - w * 0.55, 232, w * 1.1, 62, '#faf5ea', 3);
  sheet.rect(
    205 - w * 0.55,
    237,
    w * 1.1 - 10,
    52,
    'none',
    1,
    ` stroke="${sprigs[shape]}" stroke-width="1.5"`,
  );
  sheet.line(
    d`M${200 - w * 0.26} 276h${w * 0.52}M${200 - w * 0.16} 283h${w * 0.32}`,
    '#a4988a',
    1.8,
  );
  if (shape === 'citrus')
    (sheet.ellipse(200, 256, 11, 11, sprigs.citrus),
      sheet.line('M200 247v18M191 256h18M194 250l12 12M206 250l-12 12', '#fbe7bd', 1.4));
  else {
    sheet.line('M200 268V244', sprigs[shape], 2);
    for (const [x, at, turn] of [
      [-6, 258, -40],
      [6, 258, 40],
      [-5, 250, -35],
      [5, 250, 35],
      [0, 243, 0],
    ])
      sheet.add(
        `<ellipse cx="${200 + x}" cy="${at}" rx="${shape === 'fig' ? 4 : 2.5}" ry="6" fill="${sprigs[shape]}" transform="rotate(${turn} ${200 + x} ${at})"/>`,
      );
  }
  sheet.line(d`M${222 - w} ${y + 30}l3 66`, '#fff', 7, ' opacity=".4"');
}

/** @type {Drawing} */
function dinner(sheet, { c, shape, cut }) {
  const spots = [
    [132, 322],
    [200, 332],
    [268, 320],
  ];
  for (const [at, [x, base]] of spots.entries()) {
    const top = 118 + [24, 0, 38][(at + cut) % 3];
    sheet.shadow(x, base, 34, 8);
    flame(sheet, x, top, 0.72);
    const data = d`M${x - 7} ${top}q7 -6 14 0L${x + 11} ${base - 20}h-22z`;
    sheet.path(data, sheet.round(c));
    if (shape === 'twist') {
      sheet.clipped(data, () => {
        let lines = '';
        for (let y = Math.round(top); y < base - 36; y += 44)
          lines += `M${x - 14} ${y + 14}l28 -14`;
        sheet.line(lines, c.deep, 5, ' opacity=".4"');
      });
    }
    sheet.path(
      d`M${x - 16} ${base - 34}h32l-5 22q22 2 22 9q-33 10 -66 0q0 -7 22 -9z`,
      sheet.round({ base: '#c39a4b', pale: '#efd999', deep: '#8a6729' }),
    );
  }
}

/** @type {Drawing} */
function holder(sheet, { m, shape, cut }) {
  const wax = sheet.round({ base: '#f0e8d8', pale: '#fffaf0', deep: '#cfc2ab' });
  const metal = sheet.round({ ...m, pale: m.pale });
  sheet.shadow(200, 326, 96, 14);
  const cup = (x, y) => {
    flame(sheet, x, y - 104 + 8 * cut, 0.72);
    sheet.rect(x - 10, y - 104 + 8 * cut, 20, 108 - 8 * cut, wax, 4);
    sheet.path(d`M${x - 22} ${y - 6}q22 8 44 0q-4 26 -16 34h-12q-12 -8 -16 -34z`, metal);
  };
  if (shape === 'chamber') {
    (sheet.line('M290 296c46 -22 62 34 8 26', m.deep, 10),
      sheet.line('M289 294c44 -20 58 32 8 25', m.light, 4));
    cup(200, 272);
    sheet.path('M98 296q102 34 204 0q-8 28 -40 30q-62 10 -124 0q-32 -2 -40 -30z', metal);
    sheet.line('M98 296q102 34 204 0', m.pale, 3);
    sheet.rect(178, 270, 44, 38, metal, 4);
  } else if (shape === 'column') {
    cup(200, 190);
    sheet.path(
      turned(200, [
        [18, 214],
        [9, 228],
        [22, 246],
        [9, 262],
        [14, 292],
        [58, 312],
        [60, 326],
      ]),
      metal,
    );
  } else {
    sheet.line(
      'M200 306V200M200 282C112 286 110 260 110 238M200 282C288 286 290 260 290 222',
      m.deep,
      11,
    );
    sheet.line(
      'M198 306V200M199 280C113 284 108 260 108 238M199 280C286 284 288 260 288 222',
      m.light,
      4,
    );
    (cup(110, 228), cup(200, 184), cup(290, 210));
    sheet.path('M140 322q2 -18 50 -22h20q48 4 50 22q-60 10 -120 0z', metal);
  }
}

/** @type {Drawing} */
function soap(sheet, { m, c, shape, cut }) {
  sheet.add(`<g transform="rotate(${[-12, 8, -20][cut]} 200 200)">`);
  const dish = box(64, 112, 272, 176, 40);
  sheet.drop(dish, 9);
  sheet.path(dish, sheet.side({ light: '#d9b183', base: '#c79a69', dark: '#ad8152' }));
  for (const y of [146, 176, 206, 236]) sheet.rect(92, y, 216, 9, '#8d6439', 5);
  const body =
    shape === 'oval'
      ? oval(200, 200, 112, 70)
      : shape === 'wave'
        ? 'M92 146q18 -14 36 0t36 0t36 0t36 0t36 0t36 0v108q-18 14 -36 0t-36 0t-36 0t-36 0t-36 0t-36 0z'
        : box(92, 138, 216, 124, 12);
  sheet.drop(body, 8);
  sheet.path(body, c.deep, ' transform="translate(3 6)"');
  sheet.path(body, sheet.side({ light: c.pale, base: c.base, dark: c.dark }));
  if (shape === 'oval')
    sheet.ellipse(200, 200, 86, 48, 'none', ` stroke="${c.dark}" stroke-width="3"`);
  if (shape === 'wave')
    sheet.line('M110 186q22 -12 45 0t45 0t45 0t45 0M110 214q22 -12 45 0t45 0t45 0t45 0', c.dark, 4);
  if (shape === 'block') {
    sheet.clipped(body, () =>
      sheet.path('M80 236c40 -30 70 20 110 -6s80 10 130 -14v60H80z', m.base, ' opacity=".55"'),
    );
    sheet.ellipse(
      200,
      196,
      34,
      34,
      'none',
      ` stroke="${c.deep}" stroke-width="2.5" stroke-opacity=".7"`,
    );
  }
  sheet.line(
    'M200 216V182M200 204q-14 -2 -18 -16M200 204q14 -2 18 -16M200 192q-8 -4 -9 -14M200 192q8 -4 9 -14',
    shape === 'wave' ? 'none' : c.deep,
    3.4,
    ' opacity=".7"',
  );
  sheet.path(d`M118 168q40 -22 90 -20q-56 8 -84 34z`, '#fff', ' opacity=".4"');
  for (const [x, y, r] of [
    [300, 132, 11],
    [318, 152, 7],
    [286, 118, 6],
    [98, 268, 8],
  ])
    sheet.ellipse(x, y, r, r, '#fff', ' fill-opacity=".45" stroke="#fff" stroke-opacity=".8"');
  sheet.add('</g>');
}

/** @type {Record<string, Drawing>} */
export const candleDrawings = {
  'pillar-candle': pillar,
  'scented-candle': scented,
  'dinner-candles': dinner,
  'candle-holder': holder,
  'bar-of-soap': soap,
};
