// Chairs, seen from the front and a little from above.

import { box, d, shade } from './sheet.mjs';

/** @typedef {import('./draw.mjs').Drawing} Drawing */

/** A padded seat between its back edge (half width b at y) and its front edge (half width f). */
function seat(sheet, tone, y, b, f, deep, thick) {
  const front = y + deep;
  sheet.path(
    d`M${200 - b} ${y}h${2 * b}q6 0 8 6L${200 + f} ${front}v${thick - 6}q0 8 -9 8H${209 - f}q-9 0 -9 -8v${6 - thick}L${192 - b} ${y + 6}q2 -6 8 -6z`,
    tone.dark,
  );
  sheet.path(
    d`M${200 - b} ${y}h${2 * b}q6 0 8 6L${200 + f} ${front}q-${f} 9 -${2 * f} 0L${192 - b} ${y + 6}q2 -6 8 -6z`,
    sheet.side(tone),
  );
}

/** The parts of a chair's back between two posts that lean outwards. */
const backs = {
  spindle(sheet, { m }, top, low, w) {
    for (let at = -3; at <= 3; at++) {
      sheet.leg(
        200 + at * w * 0.27,
        top + 8,
        5,
        200 + at * w * 0.23,
        low,
        6,
        at < 0 ? m.base : m.dark,
      );
    }
    sheet.path(
      d`M${188 - w} ${top + 18}q${w + 12} -${34} ${2 * w + 24} 0v-14q-${w + 12} -34 -${2 * w + 24} 0z`,
      sheet.side(m),
    );
  },
  ladder(sheet, { m }, top, low, w) {
    const step = (low - top) / 3.4;
    for (let at = 0; at < 3; at++) {
      const y = top + at * step + 6;
      const half = w * (1 - at * 0.03) + 4;
      sheet.path(
        d`M${200 - half} ${y}q${half} -12 ${2 * half} 0v17q-${half} -12 -${2 * half} 0z`,
        at ? sheet.side(m) : sheet.fall(m),
      );
    }
  },
  panel(sheet, { c }, top, low, w) {
    const high = (low - top) * 0.55;
    sheet.path(box(200 - w - 3, top + 4, 2 * w + 6, high, 22), c.deep);
    sheet.path(box(200 - w - 3, top, 2 * w + 6, high, 22), sheet.side(c));
    sheet.line(
      d`M${206 - w} ${top + high * 0.5}q${w} 6 ${2 * w - 12} 0`,
      c.dark,
      1.5,
      ' opacity=".5"',
    );
  },
  wishbone(sheet, { m }, top, low, w) {
    sheet.line(
      d`M200 ${low}V${top + 62}L${184} ${top + 16}M200 ${top + 62}L216 ${top + 16}`,
      m.dark,
      8,
    );
    sheet.line(
      d`M${186 - w} ${top + 58}C${180 - w} ${top - 4} ${220 + w} ${top - 4} ${214 + w} ${top + 58}`,
      m.deep,
      14,
    );
    sheet.line(
      d`M${186 - w} ${top + 55}C${180 - w} ${top - 7} ${220 + w} ${top - 7} ${214 + w} ${top + 55}`,
      m.light,
      10,
    );
  },
};

/** @type {Drawing} */
function diningChair(sheet, look) {
  const { m, c, shape, cut } = look;
  const w = 46 + 4 * cut;
  const top = 82 - 8 * cut;
  sheet.shadow(200, 338, 92, 15);
  sheet.leg(160 - cut, 226, 11, 152, 318, 7, m.deep);
  sheet.leg(240 + cut, 226, 11, 248, 318, 7, m.deep);
  sheet.line(d`M${150} 290H250`, m.deep, 5);
  if (shape !== 'wishbone') {
    sheet.leg(194 - w, top - (shape === 'panel' ? -16 : 2), 9, 204 - w, 228, 12, sheet.side(m));
    sheet.leg(206 + w, top - (shape === 'panel' ? -16 : 2), 9, 196 + w, 228, 12, m.dark);
  } else {
    sheet.leg(188 - w, top + 50, 9, 200 - w, 228, 12, m.base);
    sheet.leg(212 + w, top + 50, 9, 200 + w, 228, 12, m.dark);
  }
  backs[shape](sheet, look, top, 216, w);
  sheet.leg(142 - cut, 240, 15, 134, 338, 9, sheet.side(m));
  sheet.leg(258 + cut, 240, 15, 266, 338, 9, sheet.side(m));
  sheet.rect(140 - cut, 240, 120 + 2 * cut, 12, m.dark, 3);
  seat(sheet, c, 208, w, 68 + cut, 26, 14);
}

/** @type {Drawing} */
function loungeChair(sheet, { m, c, shape, cut }) {
  sheet.shadow(200, 340, 128, 18);
  if (shape === 'shell') {
    sheet.leg(160, 262, 13, 130, 340, 7, sheet.side(m));
    sheet.leg(240, 262, 13, 270, 340, 7, sheet.side(m));
    sheet.leg(182, 262, 11, 172, 322, 6, m.deep);
    sheet.leg(218, 262, 11, 228, 322, 6, m.deep);
    sheet.path(
      d`M112 196C96 ${118 - 8 * cut} 138 ${92 - 8 * cut} 200 ${92 - 8 * cut}s104 26 88 104c-4 36 -26 72 -88 72s-84 -36 -88 -72z`,
      sheet.side(c),
    );
    sheet.path(
      d`M126 206c-6 -52 18 -88 74 -88s80 36 74 88c-30 22 -118 22 -148 0z`,
      c.dark,
      ' opacity=".55"',
    );
    sheet.path(
      'M112 196c-2 24 8 48 30 60c34 18 82 18 116 0c22 -12 32 -36 30 -60c-10 22 -44 36 -88 36s-78 -14 -88 -36z',
      sheet.fall(c),
    );
    sheet.ellipse(200, 226, 66, 18, sheet.side(c));
    return;
  }
  const top = shape === 'wing' ? 78 - 6 * cut : 116 - 6 * cut;
  sheet.leg(132, 280, 13, 126, 340, 8, sheet.side(m));
  sheet.leg(268, 280, 13, 274, 340, 8, sheet.side(m));
  sheet.leg(154, 280, 11, 152, 320, 7, m.deep);
  sheet.leg(246, 280, 11, 248, 320, 7, m.deep);
  sheet.path(box(134, top, 132, 170, 26), sheet.side(c));
  sheet.line(d`M200 ${top + 16}v112`, c.dark, 1.6, ' opacity=".45"');
  if (shape === 'wing') {
    for (const [side, fill] of [
      [-1, c.light],
      [1, c.dark],
    ]) {
      sheet.path(
        d`M${200 + side * 60} ${top + 10}c${side * 34} -6 ${side * 44} 34 ${side * 34} 84c${side * 10} 14 ${side * 12} 34 ${side * 8} 92h${side * -38}z`,
        fill,
      );
    }
    sheet.rect(120, 240, 160, 48, sheet.fall(c), 16);
    sheet.rect(136, 216, 128, 38, sheet.side(c), 16);
    sheet.line('M146 253h108', c.deep, 1.6, ' opacity=".5"');
    return;
  }
  sheet.rect(124, 244, 152, 34, sheet.side(c), 13);
  sheet.rect(118, 274, 164, 13, sheet.side(m), 4);
  for (const x of [108, 280]) {
    sheet.leg(x + 6, 206, 13, x + 6, 340, 9, sheet.side(m));
    sheet.rect(x - 6, 198, 24, 11, sheet.fall(m), 5);
  }
}

/** @type {Drawing} */
function barStool(sheet, { m, c, shape, cut }) {
  const y = 150 - 10 * cut;
  sheet.shadow(200, 346, 74, 13);
  sheet.leg(186, y + 16, 10, 166, 330, 7, m.deep);
  sheet.leg(214, y + 16, 10, 234, 330, 7, m.deep);
  if (shape === 'back') {
    sheet.leg(164, y - 50, 8, 168, y + 6, 10, m.base);
    sheet.leg(236, y - 50, 8, 232, y + 6, 10, m.dark);
    sheet.path(d`M152 ${y - 40}q48 -22 96 0v-26q-48 -22 -96 0z`, sheet.side(c));
  }
  sheet.leg(170, y + 16, 12, 146, 346, 8, sheet.side(m));
  sheet.leg(230, y + 16, 12, 254, 346, 8, sheet.side(m));
  sheet.line(d`M157 ${282}H243`, m.deep, 7);
  sheet.line(d`M157 ${280}H243`, '#d3ad5c', 4);
  sheet.line('M172 266h56', m.deep, 4);
  sheet.rect(146, y + 8, 108, 12, m.dark, 6);
  sheet.path(d`M142 ${y}c0 -18 116 -18 116 0v8c0 14 -116 14 -116 0z`, c.dark);
  sheet.ellipse(200, y - 2, 58, 12, sheet.side(c));
}

/** @type {Drawing} */
function stool(sheet, { m, shape, cut }) {
  const y = 196 - 8 * cut;
  sheet.shadow(200, 336, 84, 15);
  if (shape === 'milking') {
    sheet.leg(204, y + 14, 15, 208, 312, 9, m.deep);
    sheet.leg(166, y + 14, 17, 142, 336, 10, sheet.side(m));
    sheet.leg(234, y + 14, 17, 258, 336, 10, sheet.side(m));
    sheet.path(d`M122 ${y}v10c0 24 156 24 156 0v-10z`, sheet.round({ ...m, pale: m.base }));
    sheet.ellipse(200, y, 78, 19, sheet.side(m));
    for (const r of [58, 38, 18]) {
      sheet.ellipse(196, y, r, r * 0.22, 'none', ` stroke="${m.dark}" stroke-opacity=".5"`);
    }
    return;
  }
  sheet.leg(254, y + 10, 16, 146, 320, 13, m.deep);
  sheet.leg(146, y + 10, 16, 254, 334, 13, sheet.side(m));
  sheet.leg(168, y + 10, 14, 262, 322, 11, m.dark);
  sheet.leg(232, y + 10, 14, 138, 336, 13, sheet.side(m));
  sheet.path(d`M120 ${y - 8}q80 26 160 0v18q-80 24 -160 0z`, sheet.side(m));
  sheet.path(d`M120 ${y - 8}q80 -16 160 0q-80 26 -160 0z`, m.pale);
}

/** @type {Drawing} */
function rockingChair(sheet, look) {
  const { m, c, shape, cut } = look;
  sheet.shadow(200, 346, 124, 13);
  sheet.line('M92 322q108 34 216 -2', m.deep, 9);
  sheet.leg(160, 226, 10, 158, 328, 9, m.deep);
  sheet.leg(240, 226, 10, 242, 328, 9, m.deep);
  const top = 60 + 8 * cut;
  sheet.leg(148, top, 9, 156, 230, 12, sheet.side(m));
  sheet.leg(252, top, 9, 244, 230, 12, m.dark);
  (shape === 'panel' ? backs.panel : backs.spindle)(sheet, look, top, 216, 48);
  if (shape === 'panel') sheet.rect(152, top + 92, 96, 60, sheet.side(c), 20);
  sheet.leg(132, 190, 10, 130, 338, 10, sheet.side(m));
  sheet.leg(268, 190, 10, 270, 338, 10, sheet.side(m));
  for (const x of [112, 258]) sheet.path(d`M${x} 186q16 -12 30 0v10q-14 -10 -30 0z`, sheet.fall(m));
  sheet.rect(134, 238, 132, 12, m.dark, 3);
  seat(sheet, c, 208, 50, 70, 24, 16);
  sheet.line('M84 326q116 44 232 0', m.deep, 11);
  sheet.line('M84 323q116 44 232 0', shade(m, 0.04), 8);
}

/** @type {Record<string, Drawing>} */
export const chairDrawings = {
  'dining-chair': diningChair,
  'lounge-chair': loungeChair,
  'bar-stool': barStool,
  stool,
  'rocking-chair': rockingChair,
};
