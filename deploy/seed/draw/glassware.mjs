// Glass: thin coloured layers over one another, darker where one looks through more of it.

import { bunch } from './ceramics.mjs';
import { d, turned } from './sheet.mjs';

/** @typedef {import('./draw.mjs').Drawing} Drawing */

/** What all glass has: a body that lets the wall through, a darker edge and a window's reflection. */
function glass(sheet, tone, data, shine, strength = 0.5) {
  sheet.path(
    data,
    sheet.round({ ...tone, base: tone.light, deep: tone.dark }),
    ` opacity="${strength}"`,
  );
  sheet.line(data, tone.deep, 2, ' opacity=".55"');
  sheet.path(shine, '#fff', ' opacity=".6"');
}

function rim(sheet, tone, x, y, rx, ry) {
  sheet.ellipse(
    x,
    y,
    rx,
    ry,
    tone.pale,
    ` fill-opacity=".4" stroke="${tone.deep}" stroke-opacity=".55" stroke-width="2"`,
  );
}

function water(sheet, tone, data, x, y, rx, ry) {
  sheet.path(data, tone.base, ' opacity=".35"');
  sheet.ellipse(x, y, rx, ry, '#fff', ' opacity=".4"');
}

/** @type {Drawing} */
function tumblers(sheet, { c, shape, cut }) {
  const one = (x, base, w, h) => {
    const y = base - h;
    const belly = shape === 'barrel' ? 9 : -5;
    const side = shape === 'barrel' ? 8 : -4;
    const data = d`M${x - w} ${y}Q${x - w - belly} ${y + h * 0.5} ${x - w - side + 4} ${base - 6}q${w + side - 4} 14 ${2 * (w + side - 4)} 0Q${x + w + belly} ${y + h * 0.5} ${x + w} ${y}z`;
    sheet.shadow(x, base, w * 1.1, 10, 0.26);
    water(
      sheet,
      c,
      d`M${x - w - side * 0.5 + 4} ${y + h * 0.42}L${x - w - side + 7} ${base - 16}q${w} 12 ${2 * (w + side - 7)} 0L${x + w + side * 0.5 - 4} ${y + h * 0.42}z`,
      x,
      y + h * 0.42,
      w - 3,
      7,
    );
    glass(sheet, c, data, d`M${x - w + 12} ${y + 22}l4 ${h * 0.5}h9l-3 ${-h * 0.5}z`);
    if (shape === 'fluted') {
      for (const [tone, flutes] of [
        [c.pale, [-3, -1, 1, 3]],
        [c.deep, [-2, 0, 2]],
      ])
        sheet.line(
          flutes
            .map((at) => d`M${x + at * w * 0.28} ${y + 12}L${x + at * w * 0.25} ${base - 3}`)
            .join(''),
          tone,
          2.4,
          ' opacity=".45"',
        );
    }
    sheet.path(
      d`M${x - w - side + 6} ${base - 10}q${w + side - 6} 14 ${2 * (w + side - 6)} 0v4q${-w - side + 6} 14 ${-2 * (w + side - 6)} 0z`,
      c.dark,
      ' opacity=".45"',
    );
    rim(sheet, c, x, y, w, w * 0.19);
  };
  one(268, 308, 50, 112 + 6 * cut);
  one(150, 324, 60, 134 + 6 * cut);
}

/** @type {Drawing} */
function carafe(sheet, { c, shape, cut }) {
  const w = 4 * cut;
  const profile = {
    flask: [
      [26, 108],
      [20, 130],
      [20, 186],
      [88 + w, 296],
      [84 + w, 322],
    ],
    slender: [
      [32, 98],
      [26, 128],
      [24, 170],
      [58 + w, 250],
      [56 + w, 322],
    ],
    stopper: [
      [22, 134],
      [20, 150],
      [26, 186],
      [76 + w, 226],
      [76 + w, 316],
      [72 + w, 322],
    ],
  }[shape];
  const [neck, y] = profile[0];
  const low = profile[profile.length - 1][0];
  sheet.shadow(200, 323, low * 1.15, 13, 0.3);
  const data = turned(200, profile);
  sheet.clipped(data, () => {
    sheet.rect(90, 240, 220, 90, c.base, 0, ' opacity=".42"');
    sheet.ellipse(200, 240, shape === 'flask' ? 66 : 70, 9, '#fff', ' opacity=".45"');
  });
  glass(sheet, c, data, d`M${212 - low} 300q0 -30 ${low * 0.34} -58q-8 30 ${-low * 0.16} 60z`);
  sheet.line(d`M190 ${y + 14}v${40}`, '#fff', 4, ' opacity=".6"');
  sheet.path(
    d`M${204 - low} 314q${low - 4} 14 ${2 * low - 8} 0v6q${4 - low} 12 ${8 - 2 * low} 0z`,
    c.dark,
    ' opacity=".4"',
  );
  rim(sheet, c, 200, y, neck, 5);
  if (shape === 'stopper') {
    sheet.rect(188, 116, 24, 30, c.dark, 4, ' opacity=".55"');
    sheet.ellipse(200, 96, 25, 25, sheet.round(c), ' opacity=".85"');
    sheet.ellipse(192, 87, 7, 9, '#fff', ' opacity=".7"');
  }
}

/** @type {Drawing} */
function wineGlasses(sheet, { c, shape, cut, random }) {
  const wine = random.pick(['#8d2f45', '#e6c667', '#d98f84']);
  const one = (x, base, s) => {
    const y = base - s * (shape === 'goblet' ? 176 : 214);
    const [w, deep] = { tulip: [44, 104], coupe: [64, 58], goblet: [54, 100] }[shape];
    const [W, D] = [w * s, deep * s];
    sheet.shadow(x, base, 46 * s, 9, 0.26);
    const bowl =
      shape === 'coupe'
        ? d`M${x - W} ${y}C${x - W} ${y + D * 0.8} ${x - 10} ${y + D} ${x} ${y + D}S${x + W} ${y + D * 0.8} ${x + W} ${y}z`
        : d`M${x - W * (shape === 'tulip' ? 0.82 : 1)} ${y}C${x - W * 1.3} ${y + D * 0.7} ${x - W * 0.5} ${y + D} ${x} ${y + D}S${x + W * 1.3} ${y + D * 0.7} ${x + W * (shape === 'tulip' ? 0.82 : 1)} ${y}z`;
    sheet.path(
      d`M${x - 4} ${y + D - 3}h8q-2 ${(base - y - D) * 0.6} 2 ${base - y - D - 6}q26 4 ${40 * s} 9q${-46 * s} 10 ${-92 * s} 0q14 -5 ${40 * s} -9q4 ${-(base - y - D) * 0.4} 2 ${-(base - y - D)}z`,
      sheet.round(c),
      ' opacity=".75"',
    );
    sheet.clipped(bowl, () => sheet.rect(x - 80, y + D * 0.5, 160, D, wine, 0, ' opacity=".85"'));
    sheet.ellipse(x, y + D * 0.5, W * (shape === 'coupe' ? 0.86 : 1.02), 6 * s, wine);
    glass(
      sheet,
      c,
      bowl,
      d`M${x - W * 0.74} ${y + 14}q-4 ${D * 0.34} ${W * 0.26} ${D * 0.6}q-8 ${-D * 0.3} ${-W * 0.08} ${-D * 0.6}z`,
      0.4,
    );
    rim(sheet, c, x, y, W * (shape === 'tulip' ? 0.82 : 1), 7 * s);
  };
  one(268, 306, 0.86);
  one(150, 326, 1 + 0.03 * cut);
}

/** @type {Drawing} */
function glassVase(sheet, look) {
  const { c, shape, cut } = look;
  const w = 4 * cut;
  const profile = {
    bubble: [
      [34, 186],
      [28, 200],
      [30, 206],
      [76 + w, 262],
      [44, 322],
    ],
    column: [
      [42 + w, 156],
      [41 + w, 170],
      [41 + w, 312],
      [40 + w, 324],
    ],
    wave: [
      [66, 176],
      [40, 214],
      [58 + w, 270],
      [40, 324],
    ],
  }[shape];
  const [top, y] = profile[0];
  sheet.shadow(200, 324, 66, 12, 0.3);
  bunch(sheet, y + 10, look);
  sheet.line(d`M198 ${y}q-6 60 -10 110M203 ${y}q4 60 8 104`, '#6f8f57', 3, ' opacity=".7"');
  const data = turned(200, profile);
  sheet.clipped(data, () => sheet.rect(90, y + 62, 220, 150, c.base, 0, ' opacity=".4"'));
  glass(
    sheet,
    c,
    data,
    shape === 'column' ? d`M170 ${y + 20}v100h9v-100z` : 'M146 268q2 -26 22 -40q-8 20 -10 44z',
    0.5,
  );
  sheet.path('M160 312q40 12 80 0v8q-40 12 -80 0z', c.dark, ' opacity=".45"');
  if (shape === 'wave') {
    sheet.path(
      d`M${200 - top} ${y}q16 -20 34 -6t32 2t34 -4t32 8q-30 16 -66 14t-66 -14z`,
      c.pale,
      ` fill-opacity=".7" stroke="${c.deep}" stroke-opacity=".5"`,
    );
  } else {
    rim(sheet, c, 200, y, top, top * 0.19);
  }
}

/** @type {Record<string, Drawing>} */
export const glassDrawings = {
  tumblers,
  carafe,
  'wine-glasses': wineGlasses,
  'glass-vase': glassVase,
};
