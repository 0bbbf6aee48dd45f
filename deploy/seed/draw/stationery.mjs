// Paper and what belongs to it, lying on a desk.

import { toHex } from '../colour.mjs';
import { box, d, oval, shade } from './sheet.mjs';
import { cover } from './sofas.mjs';

/** @typedef {import('./draw.mjs').Drawing} Drawing */

/** A second colour across the wheel that is readable on the first. */
const partner = ({ l, c, h }, turn) =>
  toHex({
    l: l > 0.62 ? l - 0.28 : l + 0.32,
    c: Math.max(0.06, c * 0.8),
    h: h + [150, 40, 200][turn % 3],
  });

/** @type {Drawing} */
function notebook(sheet, { c, material, shape, cut }) {
  const [x, y, w, h] = [104, 66, 192, 262];
  const other = partner(c.lch, cut);
  sheet.add(`<g transform="rotate(${[-8, 6, 11][cut]} 200 200)">`);
  sheet.drop(box(x, y, w, h, 8), 11);
  sheet.rect(x + 4, y + 5, w + 3, h, c.deep, 7);
  sheet.rect(x + 4, y + 3, w, h - 1, '#f6f0e2', 5);
  sheet.line(d`M${x + w + 2} ${y + 12}v${h - 20}`, '#d9ceb8', 1.2);
  const front = box(x, y, w - 1, h, 8);
  sheet.path(front, sheet.side(c));
  if (shape === 'pattern') {
    const tile = sheet.tile(
      48,
      24,
      [22, 15, 8]
        .map(
          (r) =>
            `<path d="M${24 - r} 24a${r} ${r} 0 0 1 ${2 * r} 0M${-r} 12a${r} ${r} 0 0 1 ${2 * r} 0M${48 - r} 12a${r} ${r} 0 0 1 ${2 * r} 0" fill="none" stroke="${shade(c, c.lch.l > 0.6 ? -0.16 : 0.16)}" stroke-width="2.2"/>`,
        )
        .join(''),
    );
    sheet.rect(x + 20, y, w - 22, h, tile);
  }
  if (shape === 'spine')
    sheet.path(d`M${x + 8} ${y}h44v${h}h-44a8 8 0 0 1 -8 -8v${16 - h}a8 8 0 0 1 8 -8z`, other);
  cover(sheet, c, material === 'cotton' ? 'linen' : material, front);
  sheet.line(d`M${x + 16} ${y + 2}v${h - 4}`, c.deep, 2, ' opacity=".4"');
  if (shape === 'label') {
    sheet.rect(x + 48, y + 46, 104, 66, '#f6f0e2', 4);
    sheet.rect(x + 54, y + 52, 92, 54, 'none', 2, ` stroke="${c.dark}" stroke-width="1.5"`);
    sheet.line(d`M${x + 66} ${y + 72}h68M${x + 66} ${y + 88}h44`, '#b9ab92', 2);
  }
  if (shape === 'band') {
    sheet.rect(x + w - 36, y - 1, 11, h + 2, other, 2);
    sheet.rect(x + w - 36, y - 1, 4, h + 2, '#ffffff40', 2);
  }
  sheet.path(d`M${x + 70} ${y + h}h9v28l-4 -7l-5 7z`, other);
  sheet.path(d`M${x + 8} ${y + 8}h90L${x + 30} ${y + h - 10}H${x + 8}z`, '#fff', ' opacity=".08"');
  sheet.add('</g>');
}

/** @type {Drawing} */
function pencils(sheet, { m, c, shape, cut }) {
  const all = [
    c.base,
    shade(c, c.lch.l > 0.6 ? -0.2 : 0.2),
    partner(c.lch, cut),
    c.base,
    '#efe6d4',
  ];
  const n = [3, 4, 5][cut];
  sheet.add(`<g transform="rotate(${[-32, 28, -24][cut]} 200 200)">`);
  for (let at = 0; at < n; at++) {
    const x = 206 - n * 23 + at * 46;
    const y = 66 + ((at * 37) % 30);
    const wide = shape === 'round' ? 28 : 24;
    sheet.drop(d`M${x} ${y + 46}l${wide / 2} -46l${wide / 2} 46v216h${-wide}z`, 6);
    sheet.path(
      d`M${x} ${y + 50}l${wide / 2} -50l${wide / 2} 50q${-wide / 4} 10 ${-wide / 2} 0t${-wide / 2} 0z`,
      sheet.side(m),
    );
    sheet.path(d`M${x + wide / 2 - 4} ${y + 16}l4 -16l4 16z`, '#3a3736');
    sheet.path(
      d`M${x} ${y + 48}q${wide / 4} 10 ${wide / 2} 0t${wide / 2} 0v200h${-wide}z`,
      all[at],
    );
    if (shape === 'hex') {
      (sheet.rect(x, y + 52, wide / 3, 196, '#fff', 0, ' opacity=".28"'),
        sheet.rect(x + (wide * 2) / 3, y + 52, wide / 3, 196, '#000', 0, ' opacity=".14"'));
    } else {
      (sheet.rect(x + 4, y + 54, 5, 192, '#fff', 2, ' opacity=".4"'),
        sheet.rect(x + wide - 8, y + 54, 8, 194, '#000', 0, ' opacity=".1"'));
    }
    (sheet.rect(x, y + 230, wide, 6, '#d8b45e'), sheet.rect(x, y + 240, wide, 22, m.base, 3));
  }
  sheet.add('</g>');
}

/** @type {Drawing} */
function fountainPen(sheet, { m, c, shape, cut }) {
  const r = shape === 'round' ? 15 : 4;
  sheet.add(`<g transform="rotate(${[-40, -30, -50][cut]} 200 200)">`);
  sheet.line('M60 262c40 -26 60 20 96 -2s52 16 90 -4', '#35507a', 3, ' opacity=".55"');
  sheet.drop(box(34, 180, 250, 34, r) + 'M284 186l62 12l-62 10z', 9);
  sheet.path(
    'M288 184h14q34 4 52 13q-18 9 -52 13h-14z',
    sheet.fall({ light: '#f1d999', base: '#cfa54e', dark: '#94712c' }),
  );
  (sheet.line('M312 197h38', '#6d5220', 1.6), sheet.ellipse(312, 197, 3, 3, '#6d5220'));
  sheet.path(
    'M244 183h46q4 14 0 28h-46z',
    sheet.fall({ light: '#5d5b5d', base: '#3a383b', dark: '#232225' }),
  );
  sheet.rect(150, 180, 100, 34, sheet.fall({ light: c.pale, base: c.base, dark: c.deep }), 3);
  sheet.rect(
    34,
    178,
    126,
    38,
    sheet.fall({ light: c.pale, base: c.base, dark: c.deep }),
    shape === 'round' ? 19 : 5,
  );
  for (const [x, wide] of [
    [146, 14],
    [240, 8],
    [shape === 'round' ? 62 : 34, 9],
  ])
    sheet.rect(x, 178, wide, 38, sheet.fall({ light: m.pale, base: m.base, dark: m.deep }), 2);
  sheet.path(
    shape === 'round' ? 'M62 170h78q10 0 10 6t-8 5H66z' : 'M38 170h60q8 0 8 5t-8 5H38z',
    sheet.fall({ light: m.pale, base: m.base, dark: m.deep }),
  );
  sheet.line('M70 186h70M166 187h68', '#fff', 3, ' opacity=".5"');
  sheet.add('</g>');
}

/** What is printed on a card of 150 by 200. */
const prints = {
  sun(sheet, a, b, c) {
    sheet.ellipse(75, 74, 34, 34, a);
    (sheet.path('M0 122q40 -30 80 -6t70 -8v92H0z', b), sheet.path('M0 160q50 -30 150 -4v44H0z', c));
  },
  bouquet(sheet, a, b, c) {
    sheet.line('M75 176V92M75 150q-24 -10 -34 -34M75 138q24 -10 32 -36', b, 4);
    for (const [x, y, turn] of [
      [40, 112, -30],
      [110, 98, 32],
      [60, 130, -60],
    ])
      sheet.add(
        `<ellipse cx="${x}" cy="${y}" rx="11" ry="24" fill="${b}" transform="rotate(${turn} ${x} ${y})"/>`,
      );
    for (let at = 0; at < 6; at++)
      sheet.add(
        `<ellipse cx="75" cy="52" rx="12" ry="24" fill="${a}" transform="rotate(${at * 60} 75 72)"/>`,
      );
    sheet.ellipse(75, 72, 12, 12, c);
  },
  shapes(sheet, a, b, c) {
    (sheet.path('M20 34h50v50a50 50 0 0 1 -50 -50z', a), sheet.ellipse(106, 58, 25, 25, b));
    (sheet.path('M24 170q0 -60 46 -60q-8 30 8 60z', c),
      sheet.path('M92 104h38v22h-22v22h22v22h-38z', a));
  },
};

/** @type {Drawing} */
function greetingCards(sheet, { c, shape, cut }) {
  const other = partner(c.lch, cut);
  const third = partner(c.lch, cut + 1);
  sheet.add(`<g transform="translate(206 84) rotate(${[12, 9, 15][cut]}) scale(1.1)">`);
  sheet.drop(box(-60, 0, 170, 124, 3), 7);
  sheet.rect(-60, 0, 170, 196, sheet.side(c), 3);
  (sheet.path('M-60 0L25 82L110 0z', c.dark), sheet.path('M-60 0L25 74L110 0z', other));
  sheet.add('</g>');
  sheet.add(`<g transform="translate(76 96) rotate(${[-9, -6, -12][cut]}) scale(1.25)">`);
  sheet.drop(box(0, 0, 150, 200, 2), 8);
  sheet.rect(0, 0, 150, 200, '#fbf6ea', 2);
  sheet.clipped(box(8, 8, 134, 184), () => prints[shape](sheet, other, c.base, third));
  sheet.rect(0, 0, 5, 200, '#00000012');
  sheet.add('</g>');
}

/** @type {Drawing} */
function deskTray(sheet, { m, c, second, shape, cut }) {
  const [x, y, w, h] = [54, 104, 292, 190];
  sheet.add(`<g transform="rotate(${[-5, 4, -8][cut]} 200 200)">`);
  sheet.drop(box(x, y, w, h, 22), 11);
  sheet.path(box(x, y, w, h, 22), sheet.side({ light: m.pale, base: m.base, dark: m.dark }));
  const wells =
    shape === 'three'
      ? [
          [14, 14, 264, 46],
          [14, 70, 158, 106],
          [182, 70, 96, 106],
        ]
      : [
          [14, 14, 74, 162],
          [98, 14, 180, 162],
        ];
  for (const [dx, dy, wide, high] of wells) {
    sheet.rect(x + dx, y + dy, wide, high, m.deep, 14);
    const well = box(x + dx + 3, y + dy + 5, wide - 4, high - 6, 12);
    sheet.path(well, sheet.side({ light: c.dark, base: c.base, dark: c.light }));
    if (second === 'felt') cover(sheet, c, 'wool', well);
  }
  if (shape === 'three') {
    (sheet.rect(80, 130, 190, 11, '#e0b04a', 5), sheet.path('M270 130l20 5l-20 6z', '#e9d3ab'));
    (sheet.ellipse(286, 232, 24, 24, 'none', ' stroke="#b5b9bb" stroke-width="6"'),
      sheet.line('M286 256v24M286 270h9', '#b5b9bb', 6));
    for (const [cx, cy] of [
      [104, 210],
      [130, 236],
      [160, 214],
    ])
      sheet.line(d`M${cx} ${cy}v22a6 6 0 0 0 12 0v-28a9 9 0 0 0 -18 0v30`, '#c8cdd0', 2.6);
  } else {
    (sheet.rect(96, 134, 12, 130, '#c4583f', 6), sheet.rect(116, 126, 10, 140, '#33475b', 5));
    (sheet.rect(184, 150, 110, 78, '#f5efe0', 4),
      sheet.line('M196 172h84M196 188h84M196 204h52', '#c9bda6', 2.4));
    (sheet.path(
      oval(278, 234, 26),
      sheet.side({ light: '#eed38a', base: '#cda24c', dark: '#9a7530' }),
    ),
      sheet.ellipse(278, 234, 15, 15, c.dark));
  }
  sheet.line(d`M${x + 24} ${y + 5}h${w - 48}`, m.pale, 2, ' opacity=".8"');
  sheet.add('</g>');
}

/** @type {Record<string, Drawing>} */
export const stationeryDrawings = {
  notebook,
  pencils,
  'fountain-pen': fountainPen,
  'greeting-cards': greetingCards,
  'desk-tray': deskTray,
};
