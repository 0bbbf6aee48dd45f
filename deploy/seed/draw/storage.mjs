// Shelves, sideboards, chests and coat racks, with a few things on them to show their size.

import { box, d } from './sheet.mjs';
import { front } from './tables.mjs';

/** @typedef {import('./draw.mjs').Drawing} Drawing */

const spines = [
  '#b5604a',
  '#e4d7bf',
  '#4f6f78',
  '#d3a24a',
  '#7a8a63',
  '#3f4a63',
  '#c98f86',
  '#efe6d6',
];

/** A row of books from x, standing on y, at most `high` tall. */
function books(sheet, random, x, y, wide, high) {
  // A path per colour: a bookcase holds many books.
  const stacks = Object.fromEntries(spines.map((colour) => [colour, '']));
  let at = Math.round(x);
  while (at < x + wide - 7) {
    const w = random.int(10, 15);
    stacks[random.pick(spines)] +=
      d`M${at} ${Math.round(y)}v${-Math.round(high * random.range(0.68, 1))}h${w - 1}V${Math.round(y)}`;
    at += w;
  }
  for (const [colour, data] of Object.entries(stacks)) if (data) sheet.path(data, colour);
}

/** A small vase with a sprig, standing on y. */
function sprig(sheet, x, y, colour) {
  sheet.line(
    d`M${x} ${y - 16}q-2 -14 -10 -22M${x} ${y - 16}q1 -18 8 -28M${x} ${y - 16}v-26`,
    '#6d7f57',
    1.8,
  );
  sheet.line(
    d`M${x - 10} ${y - 39}v3M${x + 8} ${y - 45}v3M${x} ${y - 45}v3M${x - 5} ${y - 31}v3M${x + 5} ${y - 34}v3`,
    '#86996b',
    8,
  );
  sheet.path(d`M${x - 8} ${y}q-6 -12 4 -20h8q10 8 4 20z`, colour);
}

/** @type {Drawing} */
function bookcase(sheet, { m, shape, cut, random }) {
  const w = shape === 'grid' ? 84 : 66 + 5 * cut;
  const top = shape === 'grid' ? 118 : 62;
  const rows = shape === 'grid' ? 3 : shape === 'ladder' ? 4 : 5;
  sheet.shadow(200, 332, w + 10, 13);
  const step = (326 - top) / rows;
  const spread = shape === 'ladder' ? 18 : 0;
  if (!spread) sheet.rect(200 - w, top, 2 * w, 326 - top, m.deep, 2);
  for (let row = 0; row < rows; row++) {
    const y = top + (row + 1) * step - (row === rows - 1 ? 6 : 0);
    const half = w - spread + (spread * (row + 1)) / rows;
    const kind = random.int(0, 2);
    const high = step * 0.66;
    books(
      sheet,
      random,
      206 - half + (kind ? 0 : half * 0.9),
      y,
      half * (kind === 1 ? 0.75 : 0.9),
      high,
    );
    if (kind === 2) books(sheet, random, 212, y, half * 0.5, high * 0.8);
    if (kind === 1) sprig(sheet, 200 + half * 0.5, y, random.pick(spines));
    if (kind === 0) sheet.ellipse(200 - half * 0.5, y - 13, 13, 13, random.pick(spines));
    sheet.rect(200 - half - spread * 0.3, y - 1, 2 * half + spread * 0.6, 8, sheet.fall(m), 1);
  }
  if (shape === 'grid') for (const x of [172, 228]) sheet.rect(x - 3, top, 6, 326 - top, m.base);
  const low = spread ? 336 : 332;
  for (const side of [-1, 1]) {
    sheet.leg(
      200 + side * (w - spread),
      top - (spread ? 18 : 0),
      8,
      200 + side * w,
      low,
      spread ? 9 : 8,
      side < 0 ? m.light : m.dark,
    );
  }
  if (!spread) sheet.rect(196 - w, top - 6, 2 * w + 8, 9, sheet.fall(m), 2);
}

/** @type {Drawing} */
function sideboard(sheet, { m, c, shape, cut, random }) {
  const w = 150 + 5 * cut;
  sheet.shadow(200, 328, w, 14);
  for (const side of [-1, 1]) {
    sheet.leg(200 + side * (w - 46), 290, 10, 200 + side * (w - 48), 316, 7, m.deep);
    sheet.leg(200 + side * (w - 22), 290, 13, 200 + side * (w - 17), 329, 8, sheet.side(m));
  }
  sheet.rect(200 - w, 196, 2 * w, 100, sheet.side(m), 5);
  const [x, wide] = [208 - w, 2 * w - 16];
  if (shape === 'drawers') {
    front(sheet, x, 205, wide * 0.48, 82, c);
    for (let at = 0; at < 4; at++)
      front(sheet, x + wide * 0.5, 205 + at * 20.7, wide * 0.5, 18.7, c);
  } else {
    front(sheet, x, 205, wide * 0.52, 82, { ...c, light: c.base, base: c.dark, dark: c.dark }, '');
    front(sheet, x + wide * 0.48, 205, wide * 0.52, 82, c, '');
    if (shape === 'reeded') {
      const reeds = sheet.tile(
        7,
        7,
        `<path d="M0 0v7" stroke="${c.pale}" stroke-width="2"/><path d="M4 0v7" stroke="${c.deep}" stroke-width="2.4"/>`,
      );
      sheet.rect(x, 205, wide, 82, reeds, 3, ' opacity=".5"');
    } else {
      sheet.rect(x + wide * 0.42, 236, 6, 22, m.deep, 3);
      sheet.rect(x + wide * 0.52, 236, 6, 22, m.deep, 3);
    }
  }
  sheet.rect(196 - w, 190, 2 * w + 8, 9, sheet.fall(m), 2);
  sprig(sheet, 200 - w * 0.62, 190, random.pick(spines));
  (sheet.rect(168 + w * 0.5, 182, 40, 8, random.pick(spines), 1),
    sheet.rect(172 + w * 0.5, 175, 34, 7, '#efe6d6', 1));
}

/** @type {Drawing} */
function wallShelf(sheet, { m, shape, cut, random }) {
  const w = 112 + 8 * cut;
  const y = 226;
  sheet.drop(box(200 - w, shape === 'box' ? y - 74 : y, 2 * w, shape === 'box' ? 88 : 14), 12);
  if (shape === 'box') {
    sheet.rect(200 - w, y - 74, 2 * w, 88, m.deep, 3);
    sheet.rect(210 - w, y - 64, 2 * w - 20, 66, m.dark);
  }
  books(sheet, random, 216 - w, y, w * 0.5, shape === 'box' ? 52 : 66);
  sprig(sheet, 200 + w * 0.62, y, random.pick(spines));
  sheet.path(d`M190 ${y}q-4 -2 -4 -22h26q0 20 -4 22z`, '#efe8dc');
  sheet.line(d`M211 ${y - 17}q10 -1 9 6t-11 6`, '#e3dac9', 3.4);
  if (shape === 'box') {
    for (const [x, fill] of [
      [200 - w, m.light],
      [191 + w, m.dark],
    ])
      sheet.rect(x, y - 74, 9, 88, fill, 2);
    sheet.rect(200 - w, y - 78, 2 * w, 10, sheet.fall(m), 2);
  }
  sheet.rect(200 - w, y, 2 * w, 13, sheet.fall(m), 2);
  if (shape === 'bracket') {
    for (const x of [200 - w * 0.66, 200 + w * 0.66])
      sheet.path(
        d`M${x - 6} ${y + 13}h12v10c0 16 -2 24 -6 34c-4 -10 -6 -18 -6 -34z`,
        sheet.side(m),
      );
  }
  if (shape === 'rail') {
    sheet.line(d`M${206 - w} ${y - 22}H${194 + w}`, m.light, 5);
    for (const x of [206 - w, 200, 194 + w]) sheet.line(d`M${x} ${y - 22}V${y}`, m.dark, 5);
  }
}

/** @type {Drawing} */
function chest(sheet, { m, c, shape, cut, random }) {
  const w = 96 + 5 * cut;
  const top = 158 - 6 * cut;
  sheet.shadow(200, 332, w + 6, 14);
  for (const side of [-1, 1])
    sheet.leg(200 + side * (w - 14), 300, 14, 200 + side * (w - 10), 333, 9, sheet.side(m));
  sheet.rect(200 - w, top, 2 * w, 312 - top, sheet.side(m), 5);
  const rows = shape === 'six' ? [0.2, 0.2, 0.28, 0.32] : [0.32, 0.33, 0.35];
  let y = top + 8;
  const all = 296 - top;
  rows.forEach((share, row) => {
    const h = all * share - 4;
    if (shape === 'six' && row < 2) {
      front(sheet, 208 - w, y, w - 10, h, c);
      front(sheet, 202, y, w - 10, h, c);
    } else {
      front(sheet, 208 - w, y, 2 * w - 16, h, c, '');
      for (const side of [-1, 1])
        sheet.ellipse(200 + side * w * 0.5, y + h / 2, 4.5, 4.5, '#c9a24f');
    }
    y += h + 4;
  });
  sheet.rect(196 - w, top - 6, 2 * w + 8, 10, sheet.fall(m), 2);
  sprig(sheet, 200 + w * 0.55, top - 6, random.pick(spines));
  sheet.ellipse(200 - w * 0.4, top - 40, 30, 34, '#e9eef0', ` stroke="${m.base}" stroke-width="5"`);
}

/** @type {Drawing} */
function coatRack(sheet, { m, shape, cut }) {
  sheet.shadow(200, 340, 70, 14);
  if (shape === 'tree') {
    for (const [x, fill] of [
      [150, m.base],
      [250, m.dark],
      [208, m.light],
    ])
      sheet.leg(200, 300, 12, x, 340, 9, fill);
    sheet.leg(200, 52, 11, 200, 316, 14, sheet.round(m));
    for (const [x, y] of [
      [-34, 66],
      [34, 66],
      [-30, 108],
      [30, 108],
      [-26, 150],
      [26, 150],
    ]) {
      sheet.line(d`M200 ${y + 26}L${200 + x} ${y}`, x < 0 ? m.light : m.dark, 8);
      sheet.ellipse(200 + x, y, 7, 7, sheet.round(m));
    }
  } else {
    sheet.leg(228, 50, 9, 176, 322, 10, m.deep);
    sheet.leg(172, 50, 9, 246, 340, 11, m.dark);
    sheet.leg(206, 44, 9, 140, 340, 11, sheet.side(m));
    for (const [x, y] of [
      [206, 60],
      [184, 92],
      [222, 84],
    ])
      sheet.line(d`M${x} ${y}l${x > 200 ? 20 : -20} -8`, m.light, 7);
  }
  const hat = ['#c8a26a', '#4c5a66', '#a5563f'][cut];
  sheet.path('M150 78q16 -12 40 2l-4 8q-22 -8 -40 0z', hat);
  sheet.path(d`M158 76q2 -24 14 -22t14 20q-14 -4 -28 2z`, hat);
  sheet.path(
    'M232 92c18 4 22 20 24 50l4 74q-26 10 -46 0l6 -96q2 -22 12 -28z',
    sheet.side({ light: '#8b96a0', base: '#76828d', dark: '#5d6872' }),
  );
  sheet.line('M236 112l2 100', '#4c5660', 1.6);
}

/** @type {Record<string, Drawing>} */
export const storageDrawings = {
  bookcase,
  sideboard,
  'wall-shelf': wallShelf,
  'chest-of-drawers': chest,
  'coat-rack': coatRack,
};
