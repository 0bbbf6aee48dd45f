// Cushions, throws, towels and beds.

import { box, d } from './sheet.mjs';
import { cover } from './sofas.mjs';

/** @typedef {import('./draw.mjs').Drawing} Drawing */

/** What is woven into a cloth, over the whole of a path. */
function woven(sheet, data, { c, shape }, size = 1) {
  const pale = c.lch.l > 0.82 ? c.deep : c.pale;
  const tiles = {
    stripes: () =>
      sheet.tile(16 * size, 16, `<path d="M3 0v16" stroke="${pale}" stroke-width="3"/>`),
    check: () =>
      sheet.tile(
        34 * size,
        34 * size,
        `<path d="M4 0v${34 * size}M0 4h${34 * size}" stroke="${pale}" stroke-width="2.5"/>`,
      ),
    dots: () =>
      sheet.tile(
        24,
        24,
        `<circle cx="6" cy="6" r="3" fill="${pale}"/><circle cx="18" cy="18" r="3" fill="${pale}"/>`,
      ),
    herringbone: () =>
      sheet.tile(
        20,
        10,
        `<path d="M0 10L10 0L20 10M0 0L5 -5M15 -5L20 0M0 20L10 10L20 20" stroke="${pale}" fill="none" stroke-width="2"/>`,
      ),
    waffle: () =>
      sheet.tile(
        10,
        10,
        `<rect x="1" y="1" width="8" height="8" fill="${c.dark}"/><rect x="2.5" y="2.5" width="6.5" height="6.5" fill="${c.light}"/>`,
      ),
    plaid: () =>
      sheet.tile(
        64,
        64,
        `<path d="M16 0v64M0 16h64" stroke="${c.deep}" stroke-width="20" stroke-opacity=".5"/>` +
          `<path d="M48 0v64M0 48h64" stroke="${pale}" stroke-width="5" stroke-opacity=".7"/>`,
      ),
  };
  if (tiles[shape]) sheet.path(data, tiles[shape](), ' opacity=".75"');
}

/** @type {Drawing} */
function cushion(sheet, look) {
  const { c, material, cut, shape } = look;
  const r = 100 + 4 * cut;
  sheet.shadow(200, 326, 112, 14);
  sheet.add(`<g transform="translate(200 ${318 - r}) rotate(${[-6, 4, 0][cut]})">`);
  const data = d`M${-r} ${-r + 4}q${r} 14 ${2 * r} 0q-14 ${r} 2 ${2 * r}q${-r} -14 ${-2 * r - 4} 0q16 ${-r} 2 ${-2 * r}z`;
  sheet.path(data, sheet.side(c));
  woven(sheet, data, look);
  cover(sheet, c, material, data);
  sheet.path(
    data,
    'none',
    ` stroke="${c.deep}" stroke-width="${shape === 'plain' ? 4 : 2}" stroke-opacity=".7" stroke-linejoin="round"`,
  );
  sheet.path(
    d`M${-r * 0.2} ${r * 0.5}q${r * 0.5} -10 ${r * 0.8} -${r * 0.5}q-10 ${r * 0.5} ${-r * 0.8} ${r * 0.5}z`,
    c.deep,
    ' opacity=".16"',
  );
  sheet.ellipse(-r * 0.25, -r * 0.35, r * 0.6, r * 0.42, sheet.glow('#fff', 0.28));
  sheet.path(
    d`M${-r + 6} ${r - 6}q8 -26 24 -42M${r - 4} ${-r + 10}q-14 22 -32 34`,
    'none',
    ` stroke="${c.deep}" stroke-opacity=".35" stroke-width="2"`,
  );
  sheet.add('</g>');
}

const tassels = (x, y, w) => {
  let data = '';
  for (let at = 4; at < w; at += 8) data += d`M${x + at} ${y}l-1 13`;
  return data;
};

/** @type {Drawing} */
function throwBlanket(sheet, look) {
  const { c, material, shape, cut } = look;
  const [x, y, w, h] = [82, 74, 236, 240];
  sheet.add(`<g transform="rotate(${[-4, 3, -2][cut]} 200 200)">`);
  sheet.drop(box(x, y, w, h, 6), 10);
  sheet.line(tassels(x, y + h, w), c.dark, 2.6);
  for (const [dx, dy, tone] of [
    [6, -8, c.dark],
    [3, -4, c.base],
  ])
    sheet.rect(x + dx, y + dy, w - 6, h, tone, 12);
  const data = box(x, y, w, h, 12);
  sheet.path(data, sheet.side(c));
  if (shape === 'stripe') {
    const pale = c.lch.l > 0.82 ? c.deep : c.pale;
    for (const [at, size] of [
      [178, 20],
      [204, 7],
      [216, 3],
      [18, 7],
    ])
      sheet.rect(x, y + at, w, size, pale);
  }
  woven(sheet, data, look);
  cover(sheet, c, material === 'alpaca' || material === 'mohair' ? 'wool' : material, data);
  const fold = d`M${x} ${y + 12}a12 12 0 0 1 12 -12h${w * 0.52}c-6 ${h * 0.3} 4 ${h * 0.7} 0 ${h}H${x + 12}a12 12 0 0 1 -12 -12z`;
  sheet.path(fold, '#fff', ' opacity=".1"');
  sheet.line(
    d`M${x + w * 0.52 + 12} ${y + 3}c-6 ${h * 0.3} 4 ${h * 0.7} 0 ${h - 4}`,
    c.deep,
    3,
    ' opacity=".35"',
  );
  sheet.line(tassels(x + w * 0.54, y + h - 3, w * 0.45), c.light, 2.6);
  sheet.add('</g>');
}

/** @type {Drawing} */
function bathTowel(sheet, look) {
  const { c, shape, cut } = look;
  const pale = c.lch.l > 0.82 ? c.deep : c.pale;
  sheet.rect(56, 92, 288, 10, '#a67c52', 5);
  sheet.rect(56, 92, 288, 4, '#c59b6d', 2);
  for (const x of [70, 322]) sheet.rect(x, 84, 8, 24, '#8a6542', 3);
  const towel = (x, w, high, tone) => {
    const data = d`M${x} 90q${w / 2} -8 ${w} 0l4 ${high}q${-w / 2} 10 ${-w - 8} 0z`;
    sheet.drop(data, 7);
    sheet.path(data, sheet.side(tone));
    if (shape === 'waffle') woven(sheet, data, look);
    if (shape === 'stripes')
      sheet.clipped(data, () => {
        for (let y = 108; y < 340; y += 44) sheet.rect(x - 8, y, w + 16, 22, pale);
      });
    if (shape === 'band')
      for (const [dy, size] of [
        [34, 12],
        [52, 4],
        [28, 3],
      ])
        sheet.rect(x - 3, 90 + high - dy - size, w + 7, size, pale);
    sheet.line(
      d`M${x + w * 0.34} 96q6 ${high * 0.4} 0 ${high * 0.84}M${x + w * 0.7} 96q-6 ${high * 0.4} 2 ${high * 0.84}`,
      c.deep,
      5,
      ' opacity=".16"',
    );
    sheet.line(d`M${x - 3} ${88 + high}q${w / 2 + 3} 10 ${w + 6} 0`, c.deep, 2.4, ' opacity=".4"');
  };
  towel(210, 92, 150 + 10 * cut, { ...c, light: c.base, base: c.dark, dark: c.deep });
  towel(100, 136, 226 + 6 * cut, c);
}

/** @type {Drawing} */
function bedLinen(sheet, look) {
  const { c, cut, shape } = look;
  sheet.shadow(200, 338, 172, 14);
  sheet.rect(
    46,
    132 - 8 * cut,
    308,
    130,
    sheet.side({ light: '#c79d6e', base: '#b98d5e', dark: '#a2774b' }),
    14,
  );
  for (const x of [52, 336]) sheet.rect(x, 320, 12, 20, '#8f693f', 2);
  sheet.rect(
    42,
    296,
    316,
    28,
    sheet.side({ light: '#b98d5e', base: '#a87d50', dark: '#8f693f' }),
    5,
  );
  sheet.rect(52, 222, 296, 80, '#f4efe6', 10);
  for (const x of [68, 208]) {
    const pillow = d`M${x + 6} 178q58 -14 112 0q10 30 0 58q-56 12 -112 0q-10 -28 0 -58z`;
    sheet.path(pillow, sheet.fall(c));
    woven(sheet, pillow, look, 0.7);
    sheet.line(d`M${x + 14} 226q50 10 96 0`, c.deep, 2, ' opacity=".35"');
  }
  const duvet = d`M50 244q150 -22 300 0q8 20 4 62q-4 12 -20 10q-130 10 -264 0q-18 4 -22 -10q-6 -42 2 -62z`;
  sheet.path(duvet, sheet.side(c));
  woven(sheet, duvet, look);
  const fold = d`M50 244q150 -22 300 0q4 8 4 22q-154 -22 -308 0q0 -14 4 -22z`;
  sheet.path(fold, shape === 'plain' ? c.pale : '#f6f1e8');
  sheet.line('M46 267q154 -22 308 0', c.deep, 2, ' opacity=".35"');
  sheet.line(
    'M120 276q10 20 4 36M262 272q-12 18 -4 40M196 280q4 12 0 28',
    c.deep,
    2.4,
    ' opacity=".28"',
  );
}

/** @type {Drawing} */
function teaTowels(sheet, look) {
  const { c, cut, shape } = look;
  const pale = c.lch.l > 0.82 ? c.deep : c.pale;
  const folded = (x, y, turn, tone, i) => {
    sheet.add(`<g transform="translate(${x} ${y}) rotate(${turn})">`);
    const data = box(-62, -108, 124, 216, 4);
    sheet.drop(data, 7);
    sheet.path(data, sheet.side(tone));
    if (shape === 'check') {
      sheet.path(
        data,
        sheet.tile(
          31,
          31,
          `<path d="M8 0v31M0 8h31" stroke="${i ? c.deep : pale}" stroke-width="9" stroke-opacity=".6"/>`,
        ),
      );
    } else {
      for (const [at, w] of [
        [-44, 20],
        [-18, 5],
        [-8, 3],
        [30, 4],
        [40, 4],
      ])
        sheet.rect(at, -108, w, 216, i ? c.base : pale);
    }
    sheet.line('M2 -106q3 100 0 212', c.deep, 3, ' opacity=".2"');
    sheet.line('M52 -106q10 -16 0 -20t-6 20', tone.dark, 3);
    sheet.add('</g>');
  };
  folded(250, 206, 9, { light: '#f8f4ea', base: '#efe8da', dark: '#e0d7c5' }, 1);
  folded(152, 200, -7 + 2 * cut, c, 0);
}

/** @type {Record<string, Drawing>} */
export const textileDrawings = {
  cushion,
  throw: throwBlanket,
  'bath-towel': bathTowel,
  'bed-linen': bedLinen,
  'tea-towels': teaTowels,
};
