// Woven things.

import { d, turned } from './sheet.mjs';

/** @typedef {import('./draw.mjs').Drawing} Drawing */

/** What a weave looks like in each fibre. */
function plait(sheet, data, m, material) {
  const tile =
    material === 'seagrass' || material === 'jute'
      ? sheet.tile(
          18,
          10,
          `<path d="M0 5q4.5 -6 9 0t9 0M0 0q4.5 6 9 0t9 0M0 10q4.5 6 9 0t9 0" stroke="${m.deep}" stroke-width="1.8" fill="none"/>`,
        )
      : sheet.tile(
          16,
          14,
          `<path d="M1 3.5h6M9 10.5h6" stroke="${m.pale}" stroke-width="4.5" stroke-linecap="round"/><path d="M9 3.5h6M1 10.5h6" stroke="${m.deep}" stroke-width="4.5" stroke-linecap="round"/>`,
        );
  sheet.path(data, tile, ' opacity=".5"');
}

/** A woven body, with dyed parts drawn by `dye` under the weave. */
function woven(sheet, data, look, dye) {
  sheet.path(data, sheet.round(look.m));
  if (dye) sheet.clipped(data, dye);
  plait(sheet, data, look.m, look.material);
}

/** @type {Drawing} */
function storageBasket(sheet, look) {
  const { m, c, shape, cut } = look;
  const w = 108 + 5 * cut;
  sheet.shadow(200, 332, w, 16);
  for (const side of [-1, 1]) {
    sheet.line(
      d`M${200 + side * (w - 8)} 210c${side * 46} -6 ${side * 46} 48 ${side * 6} 44`,
      m.deep,
      13,
    );
    sheet.line(
      d`M${200 + side * (w - 8)} 208c${side * 44} -6 ${side * 44} 48 ${side * 6} 44`,
      m.light,
      5,
    );
  }
  sheet.ellipse(200, 190, w - 4, 22, m.deep);
  sheet.path(
    d`M${216 - w} 190c10 -30 60 -44 96 -34s70 -10 ${w - 30} 36q-${w} 16 ${-2 * w + 32} -2z`,
    sheet.side({ light: '#f4eee2', base: '#e6dccb', dark: '#cdbfa9' }),
  );
  sheet.line('M150 176q30 -16 70 -6M226 178q20 -8 40 2', '#b7a88f', 2.4);
  const body = d`M${204 - w} 190q${w - 4} 40 ${2 * w - 8} 0C${206 + w} 230 ${206 + w} 280 ${184 + w} 322q${-w + 16} 18 ${-2 * w + 32} 0C${194 - w} 280 ${194 - w} 230 ${204 - w} 190z`;
  woven(sheet, body, look, () => {
    if (shape === 'dipped') sheet.path('M60 262q140 34 280 0v90H60z', sheet.round(c));
    if (shape === 'bands')
      for (const y of [226, 274])
        sheet.path(d`M60 ${y}q140 32 280 0v20q-140 32 -280 0z`, sheet.round(c));
  });
  sheet.line(
    d`M${204 - w} 190q${w - 4} 40 ${2 * w - 8} 0`,
    shape === 'plain' ? c.base : m.dark,
    11,
  );
  sheet.line(
    d`M${204 - w} 187q${w - 4} 40 ${2 * w - 8} 0`,
    shape === 'plain' ? c.light : m.light,
    4,
    ' stroke-dasharray="5 7"',
  );
}

/** @type {Drawing} */
function laundryBasket(sheet, look) {
  const { m, c, shape, cut } = look;
  const w = 82 + 4 * cut;
  const top = 128;
  sheet.shadow(200, 336, w, 15);
  const body = turned(200, [
    [w, top],
    [w - 2, top + 20],
    [w - 14, 322],
    [w - 16, 334],
  ]);
  if (shape === 'open') {
    sheet.ellipse(200, top, w, 18, c.deep);
    sheet.path(
      d`M${222 - w} ${top + 2}c6 -34 40 -40 66 -30s40 -14 60 ${34}q-60 14 -126 -4z`,
      '#eef0ee',
    );
    sheet.path(d`M212 ${top - 16}c20 -18 40 -6 46 20q-30 8 -56 4z`, '#8ea3b5');
  }
  woven(sheet, body, look);
  for (const y of [230, 300])
    sheet.line(d`M${206 - w} ${y}q${w - 6} 18 ${2 * w - 12} 0`, m.deep, 4, ' opacity=".5"');
  if (shape === 'open') {
    sheet.path(
      d`M${197 - w} ${top}q${w + 3} 34 ${2 * w + 6} 0l-3 40q-14 10 -26 2t-28 8t-28 -2t-28 4t-28 -6t-28 0t-24 -6z`,
      sheet.round(c),
    );
    sheet.line(d`M${197 - w} ${top}q${w + 3} 34 ${2 * w + 6} 0`, c.pale, 3);
  } else {
    sheet.path(
      d`M${199 - w} ${top + 4}q${w + 1} 34 ${2 * w + 2} 0v14q${-w - 1} 34 ${-2 * w - 2} 0z`,
      sheet.round(c),
    );
    const lid = d`M${195 - w} ${top}q6 -34 ${w + 5} -36q${w - 1} 2 ${w + 5} 36q${-w - 5} 36 ${-2 * w - 10} 0z`;
    woven(sheet, lid, look);
    sheet.line(d`M${195 - w} ${top}q${w + 5} 36 ${2 * w + 10} 0`, m.deep, 5, ' opacity=".7"');
    sheet.line('M184 96q0 -16 16 -16t16 16', m.deep, 7);
  }
}

/** @type {Drawing} */
function marketBasket(sheet, look) {
  const { m, c, shape, cut } = look;
  const w = 118 + 4 * cut;
  const y = 212;
  sheet.shadow(200, 330, w - 10, 16);
  const bow =
    shape === 'trug'
      ? d`M${208 - w} ${y + 6}C${214 - w} ${74} ${186 + w} ${74} ${192 + w} ${y + 6}`
      : 'M146 214C146 96 254 96 254 214';
  if (shape === 'tote') sheet.line('M158 206C160 108 240 108 242 206', c.deep, 8);
  else sheet.line(bow, m.deep, 13);
  sheet.ellipse(200, y, w, 22, m.deep);
  sheet.line('M240 216C250 170 246 140 262 104M252 216C270 176 276 150 292 122', '#86a45f', 9);
  sheet.line('M234 212l6 -50', '#f3efe0', 12);
  sheet.path(
    'M258 108c-14 -22 6 -38 14 -42c10 18 8 34 -6 44zM288 126c-4 -24 14 -30 24 -32c0 20 -8 30 -20 36z',
    '#5f8550',
  );
  (sheet.ellipse(150, 202, 24, 22, '#c7563f'), sheet.ellipse(186, 206, 21, 19, '#e2a742'));
  const body = d`M${200 - w} ${y}q${w} 42 ${2 * w} 0c8 50 -4 84 ${-28} 108q${-w + 28} 22 ${-2 * w + 56} 0C${204 - w} ${y + 84} ${192 - w} ${y + 50} ${200 - w} ${y}z`;
  woven(sheet, body, look);
  sheet.line(d`M${200 - w} ${y}q${w} 42 ${2 * w} 0`, m.dark, 10);
  sheet.line(d`M${200 - w} ${y - 2}q${w} 42 ${2 * w} 0`, m.pale, 3, ' stroke-dasharray="5 6"');
  if (shape === 'tote') {
    sheet.line('M140 240C140 100 260 100 260 240', c.base, 9);
    sheet.line('M139 238C139 99 259 99 259 238', c.pale, 2.4, ' opacity=".7"');
    for (const x of [140, 260])
      (sheet.rect(x - 11, 226, 22, 36, sheet.side(c), 5),
        sheet.ellipse(x, 236, 3, 3, '#d8b866'),
        sheet.ellipse(x, 252, 3, 3, '#d8b866'));
  } else {
    sheet.line(bow, m.light, 5);
    sheet.line(d`M${232 - w * 0.35} 116q${w * 0.35 - 32} -12 ${w * 0.7 - 64} 0`, c.base, 17);
    for (const x of [208 - w, 192 + w]) sheet.rect(x - 9, y - 6, 18, 36, sheet.side(c), 4);
  }
}

/** @type {Drawing} */
function breadBasket(sheet, look) {
  const { m, c, shape, cut } = look;
  const w = shape === 'oval' ? 136 : 112 + 5 * cut;
  const y = 250;
  sheet.shadow(200, 324, w - 8, 15);
  sheet.ellipse(200, y, w, 26, m.deep);
  sheet.path(
    d`M${206 - w} ${y + 2}c4 -40 40 -44 66 -34q40 -18 72 -2q60 -14 ${2 * w - 150} 36q-${w} 22 ${12 - 2 * w} 0z`,
    sheet.side(c),
  );
  const crust = sheet.fall({ light: '#e2ac63', base: '#c98a44', dark: '#9c6230' });
  if (shape === 'oval') {
    sheet.path('M96 246c-8 -60 40 -84 104 -84s112 24 104 84q-104 24 -208 0z', crust);
    sheet.line('M136 196q14 10 22 30M180 180q16 12 24 38M226 180q16 12 22 36', '#f0d3a0', 6);
  } else {
    for (const [x, top, r] of [
      [154, 204, 44],
      [246, 206, 44],
      [200, 178, 46],
    ]) {
      sheet.ellipse(x, top + 14, r, r * 0.84, crust);
      sheet.line(d`M${x - 18} ${top}q18 -12 36 0`, '#f0d3a0', 4.5);
    }
  }
  const body = d`M${200 - w} ${y}q${w} 46 ${2 * w} 0c-2 36 -14 56 -34 68q${-w + 34} 18 ${-2 * w + 68} 0c-20 -12 -32 -32 -34 -68z`;
  woven(sheet, body, look);
  sheet.path(d`M${230 - w} ${y + 8}q30 12 64 15l-18 46q-18 -26 -46 -61z`, sheet.side(c));
  sheet.line(d`M${200 - w} ${y}q${w} 46 ${2 * w} 0`, m.dark, 9);
  sheet.line(d`M${200 - w} ${y - 2}q${w} 46 ${2 * w} 0`, m.pale, 3, ' stroke-dasharray="5 6"');
}

/** @type {Record<string, Drawing>} */
export const basketDrawings = {
  'storage-basket': storageBasket,
  'laundry-basket': laundryBasket,
  'market-basket': marketBasket,
  'bread-basket': breadBasket,
};
