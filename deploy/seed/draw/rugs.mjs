// Rugs, seen from straight above.

import { toHex } from '../colour.mjs';
import { box, d, oval } from './sheet.mjs';

/** @typedef {import('./draw.mjs').Drawing} Drawing */

/** Five colours that go together: the rug's own, two relatives, a pale and a dark one. */
function palette({ l, c, h }, turn) {
  const other = h + [28, -34, 165, 60][turn % 4];
  return {
    own: toHex({ l, c, h }),
    near: toHex({ l: l > 0.6 ? l - 0.13 : l + 0.14, c: c * 0.9, h: h + 14 }),
    far: toHex({
      l: Math.min(0.78, Math.max(0.5, l + 0.1)),
      c: Math.max(0.06, c * 0.85),
      h: other,
    }),
    pale: toHex({ l: 0.93, c: 0.022, h: 80 }),
    dark: toHex({ l: 0.34, c: 0.035, h: h + 200 }),
  };
}

/** The weave that shows on everything, and an uneven light. */
function weave(sheet, data, pile) {
  sheet.path(
    data,
    pile
      ? sheet.tile(
          5,
          5,
          '<circle cx="1.5" cy="1.5" r="1" fill="#000"/><circle cx="4" cy="4" r=".9" fill="#fff"/>',
        )
      : sheet.tile(4, 3, '<path d="M0 .5h4" stroke="#000"/><path d="M0 2h4" stroke="#fff"/>'),
    ' opacity=".09"',
  );
}

const fringe = (x, y, w, size) => {
  let data = '';
  for (let at = 3; at < w; at += 7) data += d`M${x + at} ${y}v${size}`;
  return data;
};

/** What fills a rug of w by h at (x, y). */
const patterns = {
  kilim(sheet, p, x, y, w, h) {
    const step = h / 7;
    const cell =
      `<rect width="${w / 5}" height="${step * 2}" fill="${p.own}"/><path d="M${w / 10} 0L${w / 5} ${step}L${w / 10} ${step * 2}L0 ${step}z" fill="${p.pale}"/>` +
      `<path d="M${w / 10} ${step * 0.4}L${w / 7} ${step}L${w / 10} ${step * 1.6}L${w / 17} ${step}z" fill="${p.far}"/>`;
    sheet.add(`<g transform="translate(${x} ${y + step})">`);
    sheet.rect(0, -step, w, h, p.near);
    for (const at of [0, 3]) {
      sheet.add(`<g transform="translate(0 ${at * step})">`);
      sheet.rect(
        0,
        0,
        w,
        step * 2,
        sheet.tile(w / 5, step * 2, cell.replace(/(\d+\.\d)\d+/g, '$1')),
      );
      sheet.add('</g>');
    }
    (sheet.rect(0, step * 2.3, w, step * 0.4, p.dark),
      sheet.rect(0, -step * 0.6, w, step * 0.25, p.dark),
      sheet.rect(0, step * 5.3, w, step * 0.25, p.dark));
    sheet.add('</g>');
  },
  stripes(sheet, p, x, y, w, h, random) {
    sheet.rect(x, y, w, h, p.own);
    let at = 8;
    while (at < h - 8) {
      const size = random.pick([4, 8, 14, 26]);
      sheet.rect(
        x,
        y + at,
        w,
        Math.min(size, h - at),
        random.pick([p.pale, p.near, p.far, p.dark, p.pale]),
      );
      at += size + random.pick([4, 10, 18]);
    }
  },
  steps(sheet, p, x, y, w, h) {
    sheet.rect(x, y, w, h, p.pale);
    const n = 6;
    for (const [fill, from, to] of [
      [p.own, 0, 1],
      [p.far, 0.32, 0.72],
    ]) {
      let left = '';
      let right = '';
      for (let at = 0; at < n; at++) {
        const wide = (w / 2) * (1 - at / n) * (to - from);
        left += d`M${x} ${y + h / 2 - (h / 2) * (1 - at / n) * to}h${wide}v${h * (1 - at / n) * to}h${-wide}z`;
        right += d`M${x + w} ${y + h / 2 - (h / 2) * (1 - at / n) * to}h${-wide}v${h * (1 - at / n) * to}h${wide}z`;
      }
      sheet.path(left + right, fill);
    }
    (sheet.rect(x, y, w, 10, p.near), sheet.rect(x, y + h - 10, w, 10, p.near));
  },
  check(sheet, p, x, y, w, h) {
    sheet.rect(x, y, w, h, p.pale);
    for (let at = 0; at < 4; at++)
      sheet.rect(x + (w * (at * 2 + 0.5)) / 8, y, w / 8, h, p.own, 0, ' opacity=".75"');
    for (let at = 0; at < 5; at++)
      sheet.rect(x, y + (h * (at * 2 + 0.5)) / 10, w, h / 10, p.own, 0, ' opacity=".6"');
  },
  arches(sheet, p, x, y, w, h) {
    sheet.rect(x, y, w, h, p.pale);
    const r = w / 4;
    [
      [x + r, p.own],
      [x + 3 * r, p.far],
    ].forEach(([cx, fill], side) => {
      for (const [share, tone] of [
        [0.92, fill],
        [0.64, p.pale],
        [0.4, p.near],
      ]) {
        const low = side ? y + h : y + h * 0.55;
        sheet.path(
          d`M${cx - r * share} ${low}v${-h * 0.2}a${r * share} ${r * share} 0 0 1 ${2 * r * share} 0v${h * 0.2}z`,
          tone,
        );
      }
    });
    sheet.path(d`M${x} ${y + h}a${r} ${r} 0 0 1 ${2 * r} 0z`, p.dark);
    sheet.ellipse(x + 3 * r, y + r, r * 0.72, r * 0.72, p.own);
  },
  blocks(sheet, p, x, y, w, h) {
    sheet.rect(x, y, w, h, p.own);
    (sheet.rect(x, y, w * 0.42, h * 0.36, p.pale),
      sheet.rect(x + w * 0.42, y + h * 0.2, w * 0.58, h * 0.34, p.far));
    (sheet.rect(x, y + h * 0.66, w * 0.6, h * 0.34, p.near),
      sheet.rect(x + w * 0.6, y + h * 0.8, w * 0.4, h * 0.2, p.dark));
  },
  moon(sheet, p, x, y, w, h) {
    sheet.rect(x, y, w, h, p.pale);
    sheet.ellipse(x + w * 0.56, y + h * 0.3, w * 0.22, w * 0.22, p.far);
    sheet.path(
      d`M${x} ${y + h * 0.62}q${w * 0.3} ${-h * 0.16} ${w * 0.6} 0t${w * 0.4} ${-h * 0.02}V${y + h}H${x}z`,
      p.own,
    );
    sheet.path(
      d`M${x} ${y + h * 0.84}q${w * 0.34} ${-h * 0.2} ${w} ${-h * 0.04}V${y + h}H${x}z`,
      p.dark,
    );
  },
  border(sheet, p, x, y, w, h) {
    sheet.rect(x, y, w, h, p.near);
    (sheet.rect(x + 12, y + 12, w - 24, h - 24, p.pale),
      sheet.rect(x + 20, y + 20, w - 40, h - 40, p.own));
    sheet.rect(x + 28, y + 28, w - 56, h - 56, 'none', 0, ` stroke="${p.pale}" stroke-width="2"`);
  },
  zigzag(sheet, p, x, y, w, h) {
    sheet.rect(x, y, w, h, p.own);
    for (const [dx, tone] of [
      [-18, p.pale],
      [0, p.near],
      [18, p.far],
    ]) {
      let data = d`M${x + w / 2 + dx - 12} ${y}`;
      for (let at = 0; at < 9; at++) data += d`l${at % 2 ? -24 : 24} ${h / 9}`;
      sheet.add(`<path d="${data}" fill="none" stroke="${tone}" stroke-width="8"/>`);
    }
  },
  diamonds(sheet, p, x, y, w, h) {
    sheet.rect(x, y, w, h, p.own);
    const size = h / 6;
    for (const [share, tone] of [
      [1, p.pale],
      [0.66, p.far],
      [0.3, p.dark],
    ]) {
      let data = '';
      for (let at = 0; at < 6; at++) {
        const cy = y + size * (at + 0.5);
        data += d`M${x + w / 2} ${cy - (size / 2) * share}l${w * 0.36 * share} ${(size / 2) * share}l${-w * 0.36 * share} ${(size / 2) * share}l${-w * 0.36 * share} ${(-size / 2) * share}z`;
      }
      sheet.path(data, tone);
    }
    for (const side of [6, w - 10]) sheet.rect(x + side, y, 4, h, p.near);
  },
};

/** @type {(w: number, h: number, pile: boolean) => Drawing} */
const rug =
  (w, h, pile) =>
  (sheet, { c, shape, cut, random }) => {
    const p = palette(c.lch, cut + random.int(0, 3));
    const [x, y] = [200 - w / 2, 200 - h / 2];
    const data = box(x, y, w, h, pile ? 8 : 1);
    sheet.add('<g transform="rotate(-5 200 200)">');
    if (!pile) {
      sheet.line(fringe(x, y - 11, w, 12) + fringe(x, y + h, w, 11), p.pale, 2.2);
    }
    sheet.drop(data, pile ? 10 : 6);
    const name = shape === 'stripes' && w < 150 ? 'lengthwise' : shape;
    sheet.clipped(data, () => {
      if (name === 'lengthwise') {
        sheet.rect(x, y, w, h, p.own);
        for (const [at, size, tone] of [
          [0.08, 0.06, p.pale],
          [0.2, 0.16, p.near],
          [0.44, 0.12, p.pale],
          [0.64, 0.16, p.far],
          [0.86, 0.06, p.pale],
        ]) {
          sheet.rect(x + w * at, y, w * size, h, tone);
        }
      } else {
        patterns[name](sheet, p, x, y, w, h, random);
      }
    });
    weave(sheet, data, pile);
    sheet.add('</g>');
  };

/** @type {Drawing} */
function roundRug(sheet, { m, c, shape, cut }) {
  const r = 146 + 4 * cut;
  sheet.drop(oval(200, 200, r), 8);
  sheet.ellipse(200, 200, r, r, m.base);
  if (shape === 'rings') {
    for (const [share, tone] of [
      [0.9, c.base],
      [0.78, m.light],
      [0.62, c.base],
      [0.55, m.base],
      [0.26, c.dark],
    ])
      sheet.ellipse(200, 200, r * share, r * share, tone);
  } else {
    let data = '';
    for (let at = 0; at < 16; at++) {
      const [a, b] = [(at * Math.PI) / 8, ((at + 0.5) * Math.PI) / 8];
      data += d`M200 200L${200 + r * 0.86 * Math.cos(a)} ${200 + r * 0.86 * Math.sin(a)}L${200 + r * 0.86 * Math.cos(b)} ${200 + r * 0.86 * Math.sin(b)}z`;
    }
    sheet.path(data, c.base);
    sheet.ellipse(200, 200, r * 0.24, r * 0.24, m.pale);
    sheet.ellipse(200, 200, r * 0.14, r * 0.14, c.dark);
  }
  for (let at = 1; at < 13; at++) {
    sheet.ellipse(
      200,
      200,
      (r * at) / 13,
      (r * at) / 13,
      'none',
      ' stroke="#000" stroke-opacity=".16" stroke-width="2" stroke-dasharray="7 2"',
    );
  }
}

/** @type {Drawing} */
function doorMat(sheet, { m, c, shape, cut }) {
  const [w, h] = [276 + 8 * cut, 172];
  const [x, y] = [200 - w / 2, 200 - h / 2];
  const data = box(x, y, w, h, 6);
  sheet.drop(data, 8);
  sheet.path(data, sheet.side(m));
  if (shape === 'stripes')
    for (const at of [0.16, 0.42, 0.68]) sheet.rect(x, y + h * at, w, h * 0.16, c.base);
  else if (shape === 'dots')
    sheet.rect(
      x + 15,
      y + 12,
      32 * 8,
      32 * 4 + 20,
      sheet.tile(32, 30, `<circle cx="16" cy="15" r="8" fill="${c.base}"/>`),
    );
  else
    sheet.rect(x + 18, y + 18, w - 36, h - 36, 'none', 4, ` stroke="${c.base}" stroke-width="14"`);
  sheet.path(
    data,
    sheet.tile(6, 7, `<path d="M1 0l2 4M4 3l-1 4M5 0v3" stroke="${m.deep}"/>`),
    ' opacity=".45"',
  );
}

/** @type {Record<string, Drawing>} */
export const rugDrawings = {
  'flatweave-rug': rug(226, 316, false),
  'pile-rug': rug(230, 310, true),
  'round-rug': roundRug,
  runner: rug(122, 340, false),
  'door-mat': doorMat,
};
