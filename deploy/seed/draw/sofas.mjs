// Sofas, daybeds and poufs.

import { box, d, oval, shade } from './sheet.mjs';

/** @typedef {import('./draw.mjs').Drawing} Drawing */

/** Ribs of corduroy, loops of bouclé: what a cover shows from a few steps away. */
export function cover(sheet, tone, material, data) {
  if (material === 'corduroy') {
    sheet.path(
      data,
      sheet.tile(6, 6, `<path d="M1 0v6" stroke="${tone.deep}" stroke-width="1.4"/>`),
      ' opacity=".35"',
    );
  } else if (material === 'bouclé' || material === 'lambswool') {
    sheet.path(
      data,
      sheet.tile(
        9,
        9,
        `<path d="M1 3a2 2 0 1 1 3 1M6 7a2 2 0 1 1 2 1" stroke="${tone.pale}" fill="none"/>`,
      ),
      ' opacity=".8"',
    );
  } else if (material === 'linen' || material === 'wool' || material === 'canvas') {
    sheet.path(
      data,
      sheet.tile(4, 4, `<path d="M0 1h2M2 3h2" stroke="${tone.dark}"/>`),
      ' opacity=".4"',
    );
  }
}

/** @type {(seats: number) => Drawing} */
const sofa =
  (seats) =>
  (sheet, { c, shape, material, cut }) => {
    const w = seats === 3 ? 166 : 130 + 4 * cut;
    const top = 158 - 7 * cut;
    const feet = '#7a5636';
    sheet.shadow(200, 330, w + 6, 17);
    for (const side of [-1, 1])
      sheet.leg(200 + side * (w - 22), 300, 12, 200 + side * (w - 17), 330, 8, feet);
    const inner = w - (shape === 'loose' ? 26 : 32);
    const each = (2 * inner) / seats;
    const all = [];
    const pad = (x, y, wide, high, r, fill) => {
      const data = box(x, y, wide, high, r);
      sheet.path(data, fill);
      all.push(data);
    };
    if (shape === 'round') {
      pad(200 - w, top, 2 * w, 148, 66, sheet.side(c));
      for (let at = 0; at < seats; at++)
        pad(
          200 - inner + at * each,
          top + 22,
          each,
          90,
          30,
          sheet.side({ ...c, base: c.dark, light: c.base, dark: c.deep }),
        );
      pad(200 - w, top + 66, 50, 96, 25, sheet.fall(c));
      pad(
        150 + w,
        top + 66,
        50,
        96,
        25,
        sheet.fall({ ...c, light: c.base, base: c.dark, dark: c.deep }),
      );
      pad(206 - inner, top + 92, 2 * inner - 12, 60, 22, sheet.fall(c));
    } else {
      pad(204 - w, top + 6, 2 * w - 8, 130, 14, c.dark);
      for (let at = 0; at < seats; at++) {
        pad(
          201 - inner + at * each,
          top - (shape === 'loose' ? 12 : 0),
          each - 2,
          100,
          shape === 'loose' ? 26 : 14,
          sheet.side(c),
        );
      }
      pad(
        200 - w,
        shape === 'loose' ? 292 : 270,
        2 * w,
        shape === 'loose' ? 14 : 34,
        6,
        shape === 'loose' ? feet : c.dark,
      );
      for (let at = 0; at < seats; at++) {
        pad(201 - inner + at * each, 234, each - 2, shape === 'loose' ? 58 : 42, 12, sheet.fall(c));
      }
      pad(200 - w, top + 42, 32, 262 - top, 12, sheet.fall(c));
      pad(
        168 + w,
        top + 42,
        32,
        262 - top,
        12,
        sheet.fall({ ...c, light: c.base, base: c.dark, dark: c.deep }),
      );
    }
    cover(sheet, c, material, all.slice(2).join(''));
    const accent = { ...c, h: (c.lch.h + 150) % 360 };
    if (cut !== 1) {
      sheet.add(`<g transform="rotate(${cut ? 9 : -10} ${cut ? 276 : 118} 214)">`);
      sheet.path(
        box(cut ? 246 : 92, 190, 54, 50, 12),
        shade({ lch: { l: 0.8, c: 0.06, h: accent.h } }, 0),
      );
      sheet.line(d`M${cut ? 252 : 98} 232q27 8 42 0`, '#00000022', 3);
      sheet.add('</g>');
    }
  };

/** @type {Drawing} */
function daybed(sheet, { m, c, second, shape, cut }) {
  const w = 164;
  sheet.shadow(200, 322, w, 15);
  for (const x of [52, 336]) sheet.leg(x + 6, 268, 15, x + 6, 324, 10, sheet.side(m));
  for (const x of [78, 310]) sheet.leg(x + 6, 268, 12, x + 6, 306, 8, m.deep);
  if (shape === 'slatted') {
    for (let x = 56; x < 350; x += 24) sheet.rect(x, 178, 8, 66, m.dark, 2);
    sheet.rect(46, 166 - 6 * cut, 308, 14, sheet.fall(m), 6);
    for (const x of [46, 342]) sheet.rect(x, 172, 12, 100, sheet.side(m), 3);
  }
  sheet.rect(44, 262, 312, 15, sheet.side(m), 5);
  const mattress = box(50, 222 - 4 * cut, 300, 42 + 4 * cut, 15);
  sheet.path(mattress, sheet.fall(c));
  cover(sheet, c, second, mattress);
  sheet.line('M58 246h284', c.deep, 1.6, ' opacity=".4"');
  if (shape === 'bolster') {
    sheet.rect(56, 184, 104, 42, sheet.fall(c), 21);
    sheet.ellipse(154, 205, 11, 21, c.dark);
    sheet.ellipse(154, 205, 3, 4, c.pale);
  } else {
    sheet.rect(62, 178, 72, 52, sheet.side(c), 14);
    sheet.rect(120, 186, 62, 46, sheet.fall(shadeTone(c)), 14);
  }
}

/** The same colour one step lighter, as a second cushion's. */
const shadeTone = (tone) => ({ ...tone, light: tone.pale, base: tone.light, dark: tone.base });

/** @type {Drawing} */
function pouf(sheet, { c, material, shape, cut }) {
  const w = 100 + 6 * cut;
  sheet.shadow(200, 326, w, 20);
  if (shape === 'drum') {
    const data = d`M${200 - w} 214v96q${w} 40 ${2 * w} 0v-96z`;
    sheet.path(data, sheet.round(c));
    cover(sheet, c, material, data);
    sheet.ellipse(
      200,
      214,
      w,
      30,
      sheet.side({ ...c, base: c.light, light: c.pale, dark: c.base }),
    );
    sheet.ellipse(
      200,
      214,
      w,
      30,
      'none',
      ` stroke="${c.deep}" stroke-width="3" stroke-opacity=".6"`,
    );
    sheet.line(d`M${200 - w} 310q${w} 40 ${2 * w} 0`, c.deep, 3, ' opacity=".6"');
  } else if (shape === 'knot') {
    const data = oval(200, 260, w + 8, 74);
    sheet.path(data, sheet.round(c));
    cover(sheet, c, material, data);
    for (let at = -3; at <= 3; at++)
      sheet.line(
        d`M200 204Q${200 + at * 46} 216 ${200 + at * 30} ${332 - Math.abs(at) * 4}`,
        c.deep,
        2.2,
        ' opacity=".5"',
      );
    sheet.ellipse(200, 205, 34, 9, c.light, ' opacity=".5"');
    sheet.ellipse(200, 204, 9, 5, c.deep);
  } else {
    const data = d`M${198 - w} 282c-8 -60 60 -88 ${w} -88s${w + 14} 22 ${w + 6} 84c-4 42 -60 52 ${-w} 52s-${w} -6 -${w + 6} -48z`;
    sheet.path(data, sheet.side(c));
    cover(sheet, c, material, data);
    sheet.line(d`M${204 - w} 276q${w} 40 ${2 * w - 4} -4`, c.deep, 2.4, ' opacity=".45"');
    sheet.ellipse(176, 224, 52, 16, c.pale, ' opacity=".4"');
  }
}

/** @type {Record<string, Drawing>} */
export const sofaDrawings = { 'two-seat-sofa': sofa(2), 'three-seat-sofa': sofa(3), daybed, pouf };
