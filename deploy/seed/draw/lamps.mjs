// Lamps, all of them lit.

import { d, shade, turned } from './sheet.mjs';

/** @typedef {import('./draw.mjs').Drawing} Drawing */

const WARM = '#fff1c4';

/** Light that falls from an opening of half width w at (x, y). */
function beam(sheet, x, y, w, strength = 0.8) {
  sheet.ellipse(x, y + 40, w * 2.1, w * 1.5, sheet.glow(WARM, strength));
}

/** @type {Drawing} */
function pendantLamp(sheet, { c, shape, cut }) {
  const w = 92 + 8 * cut;
  const y = shape === 'bell' || shape === 'cone' ? 252 : 232;
  sheet.line(d`M200 0V120`, '#3b3835', 2.4);
  beam(sheet, 200, y, w);
  const shapes = {
    dome: () =>
      d`M${200 - w} ${y}C${200 - w} ${y - 70} ${164} ${y - 98} 186 ${y - 102}v-14h28v14C236 ${y - 98} ${200 + w} ${y - 70} ${200 + w} ${y}q${-w} 14 ${-2 * w} 0z`,
    cone: () =>
      d`M${200 - w * 0.72} ${y}L186 ${y - 122}v-18h28v18L${200 + w * 0.72} ${y}q${-w * 0.72} 12 ${-w * 1.44} 0z`,
    bell: () =>
      d`M${200 - w * 0.86} ${y}c36 -14 34 -62 42 -92c4 -18 12 -26 ${w * 0.86 - 56} -30v-18h28v18c${w * 0.86 - 64} 4 ${w * 0.86 - 56} 12 ${w * 0.86 - 56} 30c8 30 6 78 42 92q${-w * 0.86} 14 ${-w * 1.72} 0z`,
  };
  if (shape === 'tiers') {
    sheet.ellipse(200, y - 26, 20, 26, WARM);
    [
      [w * 0.55, -96, 34],
      [w * 0.8, -58, 34],
      [w, -22, 36],
    ].forEach(([half, at, high]) => {
      sheet.path(
        d`M${200 - half} ${y + at + high}Q${192 - half * 0.6} ${y + at} ${200 - half * 0.42} ${y + at - 6}h${half * 0.84}Q${208 + half * 0.6} ${y + at} ${200 + half} ${y + at + high}q${-half} 14 ${-2 * half} 0z`,
        sheet.round(c),
      );
      sheet.line(
        d`M${200 - half} ${y + at + high}q${half} 14 ${2 * half} 0`,
        WARM,
        2,
        ' opacity=".8"',
      );
    });
    sheet.rect(186, y - 122, 28, 24, sheet.round(c), 4);
    return;
  }
  const half = shape === 'dome' ? w : shape === 'cone' ? w * 0.72 : w * 0.86;
  sheet.ellipse(200, y + 1, half, 9, WARM);
  sheet.ellipse(200, y + 6, 18, 14, '#fffbe8');
  sheet.path(shapes[shape](), sheet.round(c));
  sheet.line(d`M${200 - half} ${y}q${half} 14 ${2 * half} 0`, c.deep, 2, ' opacity=".6"');
  sheet.rect(192, y - (shape === 'dome' ? 126 : 150), 16, 14, '#3b3835', 4);
}

/** @type {Drawing} */
function glassPendant(sheet, { m, s, material, shape, cut }) {
  const r = 66 + 6 * cut;
  const opal = material === 'opal glass';
  sheet.line('M200 0V120', s.dark, 3);
  sheet.ellipse(200, 220, 190, 190, sheet.glow(WARM, 0.75));
  const bulb = (x, y, size) => {
    if (opal) return;
    sheet.line(d`M${x} ${y - size}V${y - size * 0.35}`, s.dark, 5);
    sheet.ellipse(x, y, size * 0.3, size * 0.36, '#fff6d2');
    sheet.ellipse(x, y, size * 0.75, size * 0.75, sheet.glow('#ffe9a8', 0.9));
  };
  const skin = opal ? sheet.glow('#fffdf2', 1) : m.base;
  const globe = (y, size) => {
    bulb(200, y, size);
    sheet.ellipse(200, y, size, size, opal ? '#f3ead6' : m.base, opal ? '' : ' opacity=".42"');
    if (opal) sheet.ellipse(196, y - 4, size * 1.05, size * 1.05, skin);
    sheet.ellipse(
      200,
      y,
      size - 1,
      size - 1,
      'none',
      ` stroke="${shade(m, -0.12)}" stroke-opacity=".45" stroke-width="2"`,
    );
    sheet.path(
      d`M${200 - size * 0.72} ${y - size * 0.1}q4 ${-size * 0.46} ${size * 0.44} ${-size * 0.58}q${-size * 0.28} ${size * 0.24} ${-size * 0.44} ${size * 0.58}z`,
      '#fff',
      ' opacity=".75"',
    );
  };
  if (shape === 'drop') {
    const drop = d`M200 106c10 50 ${r} 66 ${r} ${118}a${r} ${r} 0 0 1 ${-2 * r} 0c0 -52 ${r - 10} -68 ${r} -118z`;
    bulb(200, 224, r);
    sheet.path(drop, opal ? '#f3ead6' : m.base, opal ? '' : ' opacity=".45"');
    if (opal) sheet.path(drop, skin);
    sheet.line(drop, shade(m, -0.12), 2, ' opacity=".4"');
    sheet.path(d`M${206 - r} 226q4 -34 34 -56q-20 28 -24 62z`, '#fff', ' opacity=".7"');
  } else if (shape === 'stack') {
    globe(158, r * 0.62);
    sheet.rect(192, 150 + r * 0.62, 16, 22, sheet.round(s), 3);
    globe(166 + r * 1.62, r);
  } else {
    globe(226, r + 12);
  }
  const cap = shape === 'stack' ? 158 - r * 0.62 : shape === 'drop' ? 116 : 214 - r;
  sheet.path(d`M182 ${cap + 8}q0 -20 12 -22v-10h12v10q12 2 12 22q-18 6 -36 0z`, sheet.round(s));
}

/** A lit shade between half widths a (top) and b (bottom). */
function lampShade(sheet, tone, x, y, a, b, high, second) {
  const data = d`M${x - a} ${y}q${a} 6 ${2 * a} 0L${x + b} ${y + high}q${-b} 12 ${-2 * b} 0z`;
  sheet.ellipse(x, y + high * 0.7, b * 2.3, b * 1.9, sheet.glow(WARM, 0.85));
  sheet.path(data, sheet.round({ ...tone, pale: '#fff8df', base: tone.light, deep: tone.dark }));
  if (second === 'paper') {
    for (let at = -4; at <= 4; at++)
      sheet.line(
        d`M${x + (a * at) / 4.5} ${y + 3}L${x + (b * at) / 4.5} ${y + high + 5}`,
        tone.dark,
        1,
        ' opacity=".4"',
      );
  }
  sheet.line(d`M${x - b} ${y + high}q${b} 12 ${2 * b} 0`, tone.deep, 1.6, ' opacity=".5"');
}

/** @type {Drawing} */
function tableLamp(sheet, { c, s, second, shape, cut }) {
  const foot = {
    gourd: [
      [12, 196],
      [15, 206],
      [34, 230],
      [22, 252],
      [30, 262],
      [62 + 4 * cut, 300],
      [44, 332],
      [42, 336],
    ],
    column: [
      [16, 196],
      [18, 204],
      [44 + 4 * cut, 222],
      [46 + 4 * cut, 300],
      [44, 334],
      [40, 336],
    ],
    ball: [
      [13, 200],
      [13, 214],
      [30, 222],
      [70 + 4 * cut, 276],
      [34, 330],
      [32, 336],
    ],
  }[shape];
  sheet.shadow(200, 336, 86, 13);
  sheet.rect(194, 176, 12, 30, '#b08d46');
  sheet.path(turned(200, foot), sheet.round(c));
  sheet.path(
    d`M${shape === 'ball' ? 152 : 164} ${shape === 'column' ? 240 : 284}q2 -18 12 -26q-4 12 -4 28z`,
    '#fff',
    ' opacity=".4"',
  );
  sheet.ellipse(200, foot[0][1] + 1, foot[0][0], 4, c.deep);
  lampShade(sheet, s, 200, 84, shape === 'ball' ? 76 : 52, shape === 'ball' ? 88 : 94, 100, second);
}

/** @type {Drawing} */
function deskLamp(sheet, { c, s, shape, cut }) {
  sheet.shadow(shape === 'mushroom' ? 200 : 158, 336, 72, 13);
  const foot = (x) => {
    sheet.path(d`M${x - 56} 324v8q56 18 112 0v-8z`, c.deep);
    sheet.ellipse(x, 324, 56, 13, sheet.side(c));
  };
  if (shape === 'mushroom') {
    foot(200);
    sheet.rect(193, 170, 14, 152, sheet.round(s), 4);
    beam(sheet, 200, 184, 86, 0.9);
    const w = 96 + 5 * cut;
    sheet.ellipse(200, 184, w, 11, WARM);
    sheet.path(
      d`M${200 - w} 184c4 -66 58 -92 ${w} -92s${w - 4} 26 ${w} 92q${-w} 16 ${-2 * w} 0z`,
      sheet.round(c),
    );
    sheet.ellipse(200, 92, 7, 6, sheet.round(s));
    return;
  }
  foot(150);
  if (shape === 'bow') {
    sheet.line(d`M150 322C130 ${150 - 8 * cut} 190 70 270 132`, s.deep, 8);
    sheet.line(d`M149 322C129 ${150 - 8 * cut} 189 69 269 131`, s.light, 4);
  } else {
    sheet.line('M150 320L128 210L252 128', s.deep, 9);
    sheet.line('M149 320L127 209L251 127', s.light, 4);
    sheet.ellipse(128, 210, 11, 11, sheet.round(s));
  }
  beam(sheet, 296, 176, 52, 0.95);
  sheet.add('<g transform="rotate(-32 270 134)">');
  sheet.ellipse(270, 190, 50, 12, WARM);
  sheet.path(
    'M220 190c0 -40 20 -58 36 -62v-18q14 -6 28 0v18c16 4 36 22 36 62q-50 16 -100 0z',
    sheet.round(c),
  );
  sheet.add('</g>');
}

/** @type {Drawing} */
function floorLamp(sheet, { m, s, second, shape, cut }) {
  if (shape === 'arc') {
    sheet.shadow(118, 340, 62, 12);
    sheet.path('M66 328v8q52 14 104 0v-8z', m.deep);
    sheet.ellipse(118, 328, 52, 11, sheet.side(m));
    sheet.line(d`M118 326V${150 - 6 * cut}C118 30 250 26 272 96`, m.deep, 8);
    sheet.line(d`M117 326V${150 - 6 * cut}C117 29 249 25 271 95`, m.light, 4);
    lampShade(sheet, s, 276, 92, 40, 70, 70, second);
    return;
  }
  sheet.shadow(200, 344, 76, 13);
  if (shape === 'tripod') {
    sheet.leg(204, 150, 9, 214, 326, 8, m.deep);
    sheet.leg(192, 150, 10, 138, 344, 9, sheet.side(m));
    sheet.leg(208, 150, 10, 262, 344, 9, m.dark);
    sheet.rect(182, 150, 36, 10, sheet.side(m), 4);
  } else {
    sheet.path('M146 334v6q54 14 108 0v-6z', m.deep);
    sheet.ellipse(200, 334, 54, 11, sheet.side(m));
    sheet.rect(195, 130, 10, 204, sheet.round(m));
  }
  const w = 78 + 4 * cut;
  lampShade(sheet, s, 200, 58, shape === 'tripod' ? w * 0.86 : w * 0.55, w, 94, second);
}

/** @type {Record<string, Drawing>} */
export const lampDrawings = {
  'pendant-lamp': pendantLamp,
  'glass-pendant': glassPendant,
  'table-lamp': tableLamp,
  'desk-lamp': deskLamp,
  'floor-lamp': floorLamp,
};
