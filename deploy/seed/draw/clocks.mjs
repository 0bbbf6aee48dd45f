// Clocks. Every model shows a time of its own, at which its hands are apart.

import { box, d, oval } from './sheet.mjs';

/** @typedef {import('./draw.mjs').Drawing} Drawing */

const at = (cx, cy, r, hour) => [
  cx + r * Math.sin((hour * Math.PI) / 6),
  cy - r * Math.cos((hour * Math.PI) / 6),
];

/** Twelve marks of one sort around (cx, cy). */
function marks(sheet, sort, cx, cy, r, ink) {
  let data = '';
  if (sort === 'numbers')
    sheet.add('<g text-anchor="middle" font-family="Helvetica,Arial,sans-serif">');
  for (let hour = 1; hour <= 12; hour++) {
    const quarter = hour % 3 === 0;
    if (sort === 'quarters' && !quarter) continue;
    const [x, y] = at(cx, cy, r * 0.82, hour);
    if (sort === 'numbers') {
      const [tx, ty] = at(cx, cy, r * 0.76, hour);
      sheet.add(
        d`<text x="${tx}" y="${ty + r * 0.07}" font-size="${r * 0.2}" fill="${ink}">${hour}</text>`,
      );
    } else if (sort === 'dots') {
      data += d`M${x} ${y}h.1`;
    } else {
      const [ix, iy] = at(cx, cy, r * (quarter ? 0.66 : 0.74), hour);
      data += d`M${x} ${y}L${ix} ${iy}`;
    }
  }
  if (sort === 'numbers') sheet.add('</g>');
  if (data) sheet.line(data, ink, sort === 'dots' ? r * 0.075 : r * 0.035);
}

function hands(sheet, random, cx, cy, r, ink, accent) {
  const [hour, minute] = random.pick([
    [10, 9],
    [1, 50],
    [8, 21],
    [3, 42],
    [7, 8],
    [11, 22],
  ]);
  const [hx, hy] = at(cx, cy, r * 0.46, hour + minute / 60);
  const [mx, my] = at(cx, cy, r * 0.7, minute / 5);
  const [sx, sy] = at(cx, cy, r * 0.74, 5.2);
  const [bx, by] = at(cx, cy, -r * 0.16, 5.2);
  sheet.line(
    d`M${cx + 2} ${cy + 4}L${hx + 2} ${hy + 4}M${cx + 2} ${cy + 4}L${mx + 2} ${my + 4}`,
    '#00000026',
    r * 0.06,
  );
  sheet.line(d`M${cx} ${cy}L${hx} ${hy}`, ink, r * 0.075);
  sheet.line(d`M${cx} ${cy}L${mx} ${my}`, ink, r * 0.05);
  sheet.line(d`M${bx} ${by}L${sx} ${sy}`, accent, r * 0.022);
  sheet.ellipse(cx, cy, r * 0.06, r * 0.06, accent);
}

/** A face in the clock's colour, with the ink that can be read on it. */
function face(sheet, { c, random }, cx, cy, r, sort) {
  const ink = c.lch.l > 0.6 ? '#33302f' : '#f5efe2';
  const accent = c.lch.h > 10 && c.lch.h < 60 && c.lch.c > 0.08 ? '#2f5a6b' : '#d2553a';
  sheet.ellipse(cx, cy, r, r, sheet.side({ light: c.light, base: c.base, dark: c.base }));
  sheet.ellipse(cx - r * 0.2, cy - r * 0.3, r * 0.9, r * 0.9, sheet.glow('#fff', 0.16));
  marks(sheet, sort, cx, cy, r, ink);
  hands(sheet, random, cx, cy, r, ink, accent);
}

/** @type {Drawing} */
function wallClock(sheet, look) {
  const { m, shape, cut } = look;
  const r = 118 + 5 * cut;
  sheet.drop(oval(200, 200, r), 14);
  sheet.ellipse(200, 200, r, r, sheet.side({ light: m.pale, base: m.base, dark: m.deep }));
  sheet.ellipse(200, 200, r * 0.89, r * 0.89, m.deep);
  face(sheet, look, 200, 202, r * 0.87, shape);
}

/** @type {Drawing} */
function sunburst(sheet, look) {
  const { m, shape, cut } = look;
  const r = 158 + 4 * cut;
  let data = '';
  let tips = '';
  for (let ray = 0; ray < 24; ray++) {
    const long = ray % 2 ? 0.72 : 1;
    const [x, y] = at(200, 200, r * long, ray / 2);
    const wide = shape === 'petals' ? 0.24 : 0.07;
    const [ax, ay] = at(
      200,
      200,
      r * (shape === 'petals' ? 0.62 * long : 0.4),
      ray / 2 - wide * (shape === 'petals' ? 1.4 : 2.4),
    );
    const [bx, by] = at(
      200,
      200,
      r * (shape === 'petals' ? 0.62 * long : 0.4),
      ray / 2 + wide * (shape === 'petals' ? 1.4 : 2.4),
    );
    if (shape === 'petals')
      data += `M200 200Q${[ax, ay, x, y].map(Math.round).join(' ')}Q${[bx, by].map(Math.round).join(' ')} 200 200z`;
    else if (shape === 'balls') {
      if (ray % 2 === 0) {
        data += d`M200 200L${x * 0.94 + 12} ${y * 0.94 + 12}`;
        tips += oval(x * 0.92 + 16, y * 0.92 + 16, 13);
      }
    } else
      data += `M${[ax, ay].map(Math.round).join(' ')}L${[x, y].map(Math.round).join(' ')}L${[bx, by].map(Math.round).join(' ')}z`;
  }
  if (shape === 'balls') {
    sheet.drop(tips, 9);
    sheet.line(data, m.dark, 4);
    sheet.path(tips, sheet.side({ light: m.pale, base: m.base, dark: m.deep }));
  } else {
    sheet.drop(oval(200, 200, r * 0.72), 12);
    sheet.path(
      data,
      sheet.side({ light: m.pale, base: m.base, dark: m.deep }),
      shape === 'petals' ? ` stroke="${m.deep}" stroke-opacity=".4"` : '',
    );
  }
  sheet.ellipse(
    200,
    200,
    r * 0.47,
    r * 0.47,
    sheet.side({ light: m.light, base: m.dark, dark: m.deep }),
  );
  face(sheet, look, 200, 200, r * 0.42, 'bars');
}

/** @type {Drawing} */
function mantelClock(sheet, look) {
  const { m, shape, cut } = look;
  const r = 62 + 3 * cut;
  sheet.shadow(200, 322, 110, 14);
  const grain = 'M96 190q110 -14 210 6M90 250q120 12 220 -4M96 290q110 8 210 -2';
  let body;
  let y = 216;
  if (shape === 'arch') body = d`M96 322V208a104 104 0 0 1 208 0V322z`;
  else if (shape === 'block') body = box(106, 134, 188, 188, 8);
  else {
    body = oval(200, 216, 98);
    for (const x of [142, 258]) sheet.path(d`M${x - 16} 322l8 -40h16l8 40z`, m.deep);
  }
  if (shape === 'block') y = 226;
  sheet.path(body, m.deep, ' transform="translate(7 -2)"');
  sheet.path(body, sheet.side(m));
  sheet.clipped(body, () => sheet.line(grain, m.dark, 2, ' opacity=".5"'));
  sheet.ellipse(200, y, r + 8, r + 8, m.deep, ' opacity=".55"');
  face(sheet, look, 200, y + 1, r + 5, ['dots', 'bars', 'quarters'][cut]);
  if (shape !== 'round') sheet.rect(88, 314, 224, 12, sheet.fall(m), 3);
}

/** @type {Drawing} */
function alarmClock(sheet, look) {
  const { c, cut, shape } = look;
  const pale = {
    ...look,
    c: { light: '#fbf7ee', base: '#f4eee1', lch: { l: 0.94, c: 0.02, h: 90 } },
  };
  sheet.shadow(200, 324, 96, 14);
  if (shape === 'bells') {
    for (const side of [-1, 1])
      sheet.leg(200 + side * 56, 280, 16, 200 + side * 74, 324, 9, c.deep);
    for (const side of [-1, 1]) {
      sheet.add(`<g transform="rotate(${side * 32} 200 216)">`);
      sheet.rect(196, 104, 8, 24, '#8d8f92');
      sheet.path('M162 114a38 34 0 0 1 76 0z', sheet.round(c));
      sheet.ellipse(200, 78, 5, 5, '#c9ced0');
      sheet.add('</g>');
    }
    sheet.line('M176 96q24 -34 48 0', '#8d8f92', 6);
    sheet.ellipse(200, 216, 98, 98, sheet.side({ light: c.pale, base: c.base, dark: c.deep }));
    face(sheet, pale, 200, 217, 82, cut === 1 ? 'bars' : 'numbers');
  } else {
    sheet.rect(
      136,
      124,
      128,
      26,
      sheet.fall({ light: '#f7d27a', base: '#e5b24a', dark: '#b98a2e' }),
      10,
    );
    sheet.rect(100, 136, 208, 188, c.deep, 46);
    sheet.rect(96, 136, 206, 188, sheet.side(c), 46);
    face(sheet, pale, 199, 230, 76, cut === 1 ? 'dots' : 'numbers');
  }
}

/** @type {Record<string, Drawing>} */
export const clockDrawings = {
  'wall-clock': wallClock,
  'sunburst-clock': sunburst,
  'mantel-clock': mantelClock,
  'alarm-clock': alarmClock,
};
