// Tables, desks and bedside tables, seen from the front and a little from above.

import { box, d, shade } from './sheet.mjs';

/** @typedef {import('./draw.mjs').Drawing} Drawing */

/** What materials that are cut from stone have in them. */
const stones = ['marble', 'travertine', 'terrazzo', 'concrete'];

/** The wood's grain, or the stone's veins, on a surface of half width w about (200, y). */
export function surface(sheet, { m, material, random }, w, y, deep) {
  if (stones.includes(material)) {
    for (let at = 0; at < 9; at++) {
      const x = 200 + random.range(-w * 0.75, w * 0.75);
      const v = y + random.range(deep * 0.2, deep * 0.8);
      if (material === 'terrazzo') {
        sheet.ellipse(
          x,
          v,
          random.range(2, 5),
          random.range(1, 2),
          random.pick(['#b5654a', '#5f7f78', '#d8a94f', '#6b6673']),
          ' opacity=".8"',
        );
      } else {
        sheet.line(
          d`M${x} ${v}q${random.range(8, 18)} ${random.range(-5, 5)} ${random.range(22, 44)} ${random.range(-4, 4)}`,
          m.dark,
          1.2,
          ' opacity=".5"',
        );
      }
    }
    return;
  }
  for (let at = 1; at <= 3; at++) {
    const v = y + (deep * at) / 4;
    sheet.line(
      d`M${200 - w * random.range(0.5, 0.8)} ${v}q${w * 0.6} ${random.range(-2, 2)} ${w * random.range(1, 1.3)} 0`,
      m.dark,
      1,
      ' opacity=".45"',
    );
  }
}

/** A table top with its front edge. */
function top(sheet, look, y, w, deep, thick) {
  const { m } = look;
  sheet.path(
    d`M${200 - w} ${y + deep}h${2 * w}v${thick - 3}q0 3 -3 3H${203 - w}q-3 0 -3 -3z`,
    m.dark,
  );
  sheet.path(
    d`M${200 - w * 0.86} ${y}h${w * 1.72}L${200 + w} ${y + deep}h${-2 * w}z`,
    sheet.side(m),
  );
  surface(sheet, look, w * 0.86, y, deep);
}

/** A round top. */
function disc(sheet, look, y, w, high, thick) {
  const { m } = look;
  sheet.path(d`M${200 - w} ${y}v${thick}a${w} ${high} 0 0 0 ${2 * w} 0v${-thick}z`, m.dark);
  sheet.ellipse(200, y, w, high, sheet.side(m));
  surface(sheet, look, w * 0.7, y - high * 0.6, high * 1.2);
}

/** @type {Drawing} */
function diningTable(sheet, look) {
  const { m, shape, cut } = look;
  const w = 146 + 8 * cut;
  sheet.shadow(200, 326, w, 16, 0.28);
  if (shape === 'tapered') {
    for (const side of [-1, 1]) {
      sheet.leg(200 + side * (w - 34), 222, 13, 200 + side * (w - 38), 306, 8, m.deep);
      sheet.leg(200 + side * (w - 12), 222, 19, 200 + side * (w - 14), 328, 10, sheet.side(m));
    }
    sheet.rect(214 - w, 222, 2 * w - 28, 16, m.deep);
  } else if (shape === 'trestle') {
    for (const x of [200 - w * 0.62, 200 + w * 0.62]) {
      sheet.leg(x + 4, 222, 10, x + 16, 310, 9, m.deep);
      sheet.leg(x - 4, 222, 13, x - 24, 328, 12, sheet.side(m));
      sheet.leg(x + 4, 222, 13, x + 24, 328, 12, m.dark);
      sheet.rect(x - 16, 286, 32, 8, m.dark, 2);
    }
    sheet.rect(200 - w * 0.62, 246, w * 1.24, 8, m.deep, 3);
  } else {
    sheet.path(
      d`M${206 - w} 222h${2 * w - 12}v106h-22c0 -66 -44 -82 ${28 - w} -82s${28 - w} 16 ${28 - w} 82h-22z`,
      sheet.side({ ...m, base: m.dark, light: m.base, dark: m.deep }),
    );
  }
  top(sheet, look, 184, w, 34, 13);
}

/** @type {Drawing} */
function coffeeTable(sheet, look) {
  const { m, shape, cut } = look;
  const w = 112 + 8 * cut;
  sheet.shadow(200, 326, w, 18);
  if (shape === 'drum') {
    const r = w * 0.62;
    sheet.path(d`M${200 - r} 240V318a${r} 16 0 0 0 ${2 * r} 0V240z`, sheet.round(m));
    let flutes = '';
    for (let at = -8; at <= 8; at++) {
      flutes += d`M${200 + r * Math.sin((at * Math.PI) / 18)} 246V${317 + 16 * Math.cos((at * Math.PI) / 18)}`;
    }
    sheet.line(flutes, m.deep, 1.6, ' opacity=".4"');
    sheet.ellipse(200, 252, r, 14, m.deep, ' opacity=".6"');
    disc(sheet, look, 238, w, 26, 10);
  } else if (shape === 'slab') {
    sheet.path(d`M${226 - w} 262h34l10 66h-${38}z`, sheet.side(m));
    sheet.path(d`M${174 + w} 262h-34l-10 66h38z`, m.dark);
    sheet.path(d`M${260 - w} 262h10l8 50h-8z`, m.deep);
    top(sheet, look, 214, w + 6, 34, 24);
  } else {
    sheet.leg(200, 250, 15, 204, 310, 9, m.deep);
    sheet.leg(200 - w * 0.55, 250, 17, 200 - w * 0.75, 330, 10, sheet.side(m));
    sheet.leg(200 + w * 0.55, 250, 17, 200 + w * 0.75, 330, 10, sheet.side(m));
    disc(sheet, look, 240, w, 27, 11);
  }
}

/** @type {Drawing} */
function sideTable(sheet, look) {
  const { c, shape, cut } = look;
  const y = 168 - 8 * cut;
  const plain = { ...look, m: c };
  const rim = (w, high, deep) => {
    sheet.path(d`M${200 - w} ${y}v${deep}a${w} ${high} 0 0 0 ${2 * w} 0v${-deep}z`, sheet.round(c));
    sheet.ellipse(200, y, w, high, c.pale);
    sheet.ellipse(200, y + 2, w - 4, high - 3, sheet.side({ ...c, light: c.dark, dark: c.base }));
  };
  sheet.shadow(200, 332, 84, 15);
  if (shape === 'tray') {
    sheet.leg(200, y + 20, 7, 203, 314, 6, c.deep);
    sheet.leg(152, y + 14, 8, 132, 332, 7, sheet.side(c));
    sheet.leg(248, y + 14, 8, 268, 332, 7, sheet.side(c));
    rim(84, 21, 20);
  } else if (shape === 'pedestal') {
    sheet.path('M140 322v6a60 14 0 0 0 120 0v-6z', c.deep);
    sheet.ellipse(200, 322, 60, 14, sheet.side(c));
    sheet.path(d`M192 ${y}V316q-2 6 -16 8q24 6 48 0q-14 -2 -16 -8V${y}z`, sheet.round(c));
    rim(78, 20, 9);
  } else {
    sheet.line(d`M140 ${y + 8}V316q0 12 12 12h96q12 0 12 -12V306`, c.deep, 11);
    sheet.line(d`M139 ${y + 8}V315q0 12 12 12h96q12 0 12 -12V306`, c.light, 6);
    rim(80, 20, 8);
  }
  sheet.ellipse(184, y - 3, 30, 5, shade(plain.m, 0.16), ' opacity=".35"');
}

/** A front of a drawer or door. */
export function front(sheet, x, y, w, h, tone, knob = '#c9a24f') {
  sheet.rect(x, y, w, h, sheet.side(tone), 3);
  sheet.line(d`M${x + 2} ${y + h - 1}h${w - 4}`, tone.deep, 1.5, ' opacity=".6"');
  if (knob) sheet.ellipse(x + w / 2, y + h / 2, 4, 4, knob);
}

/** @type {Drawing} */
function desk(sheet, look) {
  const { m, c, shape, cut } = look;
  const w = 132 + 6 * cut;
  sheet.shadow(200, 328, w, 15, 0.28);
  const legs = shape === 'pedestal' ? [-1] : [-1, 1];
  for (const side of legs) {
    sheet.leg(200 + side * (w - 30), 216, 11, 200 + side * (w - 32), 310, 7, m.deep);
    sheet.leg(200 + side * (w - 12), 216, 16, 200 + side * (w - 14), 330, 9, sheet.side(m));
  }
  if (shape === 'pedestal') {
    sheet.rect(108 + w, 212, 84, 116, m.deep, 3);
    for (let at = 0; at < 3; at++) front(sheet, 113 + w, 217 + at * 37, 74, 33, c);
    sheet.rect(214 - w, 216, 2 * w - 100, 10, m.deep);
  } else {
    sheet.rect(210 - w, 214, 2 * w - 20, 30, m.deep, 2);
    front(sheet, 216 - w, 217, w - 20, 24, c);
    front(sheet, 204, 217, w - 20, 24, c);
  }
  if (shape === 'hutch') {
    sheet.rect(200 - w * 0.84, 128, w * 1.68, 58, m.deep, 3);
    sheet.rect(205 - w * 0.84, 136, w * 1.68 - 10, 50, m.dark);
    front(sheet, 206 - w * 0.84, 138, 46, 48, c);
    (sheet.rect(218, 150, 7, 36, '#b85f47'),
      sheet.rect(226, 144, 9, 42, '#e5d9c4'),
      sheet.rect(236, 154, 6, 32, '#54737a'));
    sheet.rect(198 - w * 0.84, 126, w * 1.68 + 4, 10, sheet.fall(m), 3);
  }
  top(sheet, look, 184, w, 24, 10);
}

/** @type {Drawing} */
function bedsideTable(sheet, { m, c, shape, cut }) {
  const w = 76 + 4 * cut;
  sheet.shadow(200, 334, w + 8, 14);
  for (const side of [-1, 1]) {
    sheet.leg(200 + side * (w - 20), 290, 9, 200 + side * (w - 20), 322, 7, m.deep);
    sheet.leg(200 + side * (w - 8), 290, 13, 200 + side * (w - 8), 336, 8, sheet.side(m));
  }
  sheet.path(box(200 - w, 180, 2 * w, 116, 6), sheet.side(m));
  if (shape === 'double') {
    front(sheet, 208 - w, 190, 2 * w - 16, 47, c);
    front(sheet, 208 - w, 241, 2 * w - 16, 47, c);
  } else {
    front(sheet, 208 - w, 190, 2 * w - 16, 42, c);
    sheet.rect(208 - w, 240, 2 * w - 16, 48, m.deep, 3);
    sheet.rect(208 - w, 268, 2 * w - 16, 20, m.dark, 3);
    (sheet.rect(160, 268, 62, 9, '#e9dfcd', 1), sheet.rect(166, 260, 52, 8, '#a9553f', 1));
  }
  sheet.path(d`M${206 - w} 164h${2 * w - 12}l8 16h${-2 * w - 4}z`, m.pale);
  sheet.rect(198 - w, 180, 2 * w + 4, 8, m.dark, 2);
}

/** @type {Record<string, Drawing>} */
export const tableDrawings = {
  'dining-table': diningTable,
  'coffee-table': coffeeTable,
  'side-table': sideTable,
  desk,
  'bedside-table': bedsideTable,
};
