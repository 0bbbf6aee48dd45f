// Things made of clay, glazed; the raw material shows at the foot.

import { d, oval, shade, turned } from './sheet.mjs';

/** @typedef {import('./draw.mjs').Drawing} Drawing */

/** A window's reflection on a glaze: a soft stroke along the left. */
const shine = (sheet, data, strength = 0.4) =>
  sheet.line(data, '#fff', 6, ` opacity="${strength}"`);

/** The round opening at the top of a vessel. */
export function mouth(sheet, tone, x, y, rx, ry) {
  sheet.ellipse(x, y, rx, ry, tone.light);
  sheet.ellipse(
    x,
    y + 1,
    rx - 4,
    ry - 2,
    sheet.side({ light: tone.deep, base: tone.deep, dark: tone.dark }),
  );
}

/** @type {Drawing} */
function mug(sheet, { m, c, shape, cut }) {
  const h = 132 + 8 * cut;
  const y = 322 - h;
  sheet.shadow(206, 322, 84, 14);
  const handle =
    shape === 'round' ? d`M254 ${y + 38}c62 -8 58 72 -4 66` : d`M258 ${y + 28}c54 -6 54 76 -2 74`;
  sheet.line(handle, c.deep, 17);
  sheet.line(handle, c.base, 11);
  sheet.line(handle, c.light, 3, ' opacity=".7" transform="translate(-2 -3)"');
  const body =
    shape === 'round'
      ? d`M138 ${y}C120 ${y + 40} 116 ${y + 110} 160 322q40 10 80 0C284 ${y + 110} 280 ${y + 40} 262 ${y}z`
      : d`M134 ${y}L142 306q2 14 16 16q42 8 84 0q14 -2 16 -16L266 ${y}z`;
  if (shape === 'dipped') {
    sheet.path(body, sheet.round(m));
    sheet.clipped(body, () => {
      sheet.path(d`M100 ${y - 20}H300V${y + h * 0.56}q-30 16 -64 4t-70 4t-66 -6z`, sheet.round(c));
      sheet.line(d`M100 ${y + h * 0.57 - 4}q30 14 66 6t70 -4t64 -6`, c.deep, 2, ' opacity=".5"');
    });
  } else {
    sheet.path(body, sheet.round(c));
    sheet.path('M156 320q44 10 88 0l2 4q-46 10 -92 0z', m.dark);
  }
  mouth(sheet, c, 200, y, shape === 'round' ? 62 : 66, 13);
  sheet.ellipse(200, y + 5, shape === 'round' ? 54 : 57, 8, '#4a3021');
  shine(sheet, d`M152 ${y + 34}q-2 30 4 60`);
}

/** @type {Drawing} */
function bowl(sheet, { m, c, shape, cut }) {
  const w = shape === 'deep' ? 92 : 126 + 5 * cut;
  const h = shape === 'deep' ? 112 : shape === 'footed' ? 84 : 78;
  const low = shape === 'footed' ? 296 : 322;
  const y = low - h;
  sheet.shadow(200, 324, w * 0.72, 14);
  if (shape === 'footed')
    sheet.path(
      d`M182 ${low - 8}c0 20 -10 24 -20 32q38 10 76 0c-10 -8 -20 -12 -20 -32z`,
      sheet.round(m),
    );
  else sheet.path(d`M164 ${low - 6}l4 10q32 8 64 0l4 -10z`, m.dark);
  sheet.path(
    d`M${200 - w} ${y}C${204 - w} ${y + h * 0.75} 150 ${low} 164 ${low}q36 6 72 0C250 ${low} ${196 + w} ${y + h * 0.75} ${200 + w} ${y}z`,
    sheet.round(c),
  );
  const ry = w * 0.2;
  sheet.ellipse(200, y, w, ry, c.light);
  sheet.ellipse(
    200,
    y + 2,
    w - 6,
    ry - 4,
    sheet.side({ light: c.deep, base: c.dark, dark: c.base }),
  );
  sheet.path(
    d`M${200 - w * 0.62} ${y + ry * 0.62}q${w * 0.6} -${ry * 0.9} ${w * 1.24} 0q-${w * 0.6} ${ry * 0.5} -${w * 1.24} 0z`,
    c.light,
    ' opacity=".5"',
  );
  shine(sheet, d`M${222 - w} ${y + 26}q8 26 26 ${h * 0.44}`, 0.35);
}

/** @type {Drawing} */
function plate(sheet, { m, c, shape, cut, random }) {
  const r = 138 + 5 * cut;
  sheet.drop(oval(200, 200, r), 11);
  sheet.ellipse(200, 200, r, r, sheet.side({ light: c.pale, base: c.base, dark: c.dark }));
  sheet.ellipse(
    200,
    200,
    r - 2,
    r - 2,
    'none',
    ` stroke="${shape === 'rimmed' ? m.dark : c.light}" stroke-width="4"`,
  );
  const inner = shape === 'rimmed' ? 0.66 : 0.84;
  sheet.ellipse(
    200,
    200,
    r * inner,
    r * inner,
    sheet.side({ light: c.dark, base: c.base, dark: c.light }),
  );
  sheet.ellipse(
    203,
    203,
    r * inner - 4,
    r * inner - 4,
    sheet.side({ light: c.base, base: c.base, dark: c.light }),
  );
  if (shape === 'speckled') {
    let data = '';
    for (let at = 0; at < 60; at++) {
      const [a, far] = [random.range(0, 6.28), r * 0.97 * Math.sqrt(random.next())];
      data += d`M${200 + far * Math.cos(a)} ${200 + far * Math.sin(a)}h.1`;
    }
    sheet.line(data, shade(c, c.lch.l > 0.5 ? -0.3 : 0.3), 2.6, ' opacity=".6"');
  }
  sheet.path(
    d`M${200 - r * 0.86} 176a${r * 0.88} ${r * 0.88} 0 0 1 ${r * 0.7} ${-r * 0.68}q-${r * 0.46} ${r * 0.2} -${r * 0.7} ${r * 0.68}z`,
    '#fff',
    ' opacity=".3"',
  );
}

/** Stems that stand in a vase whose mouth is at (200, y): branches, tulips or grass. */
export function bunch(sheet, y, { random }) {
  const kind = random.int(0, 2);
  const leaves = ['', ''];
  const bloom = random.pick(['#d9694f', '#e6b04a', '#c9748c', '#f1e6d2', '#8c6fa5']);
  for (let at = -1; at <= 1; at++) {
    const [x, top] = [
      200 + at * random.range(26, 40),
      y - random.range(62, 84) + Math.abs(at) * 12,
    ];
    sheet.line(
      d`M${200 + at * 4} ${y + 6}Q${200 + at * 8} ${y - 30} ${x} ${top}`,
      kind === 1 ? '#6f8f57' : '#7d6a4c',
      3,
    );
    if (kind === 0) {
      for (let leaf = 0; leaf < 4; leaf++) {
        const t = 0.3 + leaf * 0.2;
        const [lx, ly] = [200 + (x - 200) * t, y + (top - y) * t];
        leaves[leaf % 2] += d`M${lx} ${ly}l${leaf % 2 ? 11 : -11} -8`;
      }
    } else if (kind === 1) {
      sheet.path(
        d`M${x - 13} ${top}q-6 -20 2 -30q4 6 5 8q3 -10 6 -12q4 4 6 12q2 -4 5 -8q8 10 2 30q-13 10 -26 0z`,
        bloom,
      );
      sheet.path(d`M${x} ${top + 8}q5 -20 0 -36q10 12 10 28z`, '#00000020');
    } else {
      for (let puff = 0; puff < 3; puff++)
        sheet.ellipse(x + (puff - 1) * 7, top + puff * 12 - 6, 8, 8, puff ? '#efe2c9' : bloom);
    }
  }
  if (kind === 0) (sheet.line(leaves[0], '#8fa783', 10), sheet.line(leaves[1], '#7c9470', 10));
}

/** Half widths and heights of the vases; w widens their bellies. */
const vaseProfiles = (w) => ({
  bottle: [
    [15, 150],
    [13, 164],
    [14, 192],
    [52 + w, 240],
    [54 + w, 290],
    [40, 324],
  ],
  belly: [
    [34, 186],
    [30, 196],
    [36, 204],
    [82 + w, 254],
    [44, 322],
    [42, 326],
  ],
  amphora: [
    [34, 160],
    [26, 172],
    [26, 190],
    [72 + w, 232],
    [34, 318],
    [38, 326],
  ],
  cylinder: [
    [46 + w, 166],
    [46 + w, 180],
    [48 + w, 310],
    [44 + w, 326],
  ],
});

/** @type {Drawing} */
function vase(sheet, look) {
  const { m, c, shape, cut } = look;
  const w = 4 * cut;
  const profile = vaseProfiles(w)[shape];
  const [wide, y] = profile[0];
  sheet.shadow(200, 326, profile[profile.length - 1][0] * 1.6, 13);
  bunch(sheet, y, look);
  if (shape === 'amphora') {
    for (const side of [-1, 1]) {
      sheet.line(
        d`M${200 + side * 27} 180c${side * 40} -12 ${side * 48} 12 ${side * 34} 42`,
        side < 0 ? c.base : c.dark,
        9,
      );
      sheet.line(
        d`M${200 + side * 27} 178c${side * 40} -12 ${side * 48} 12 ${side * 34} 42`,
        c.light,
        2.5,
        ' opacity=".6"',
      );
    }
  }
  const body = turned(200, profile);
  sheet.path(body, sheet.round(c));
  sheet.clipped(body, () => {
    sheet.rect(100, 314, 200, 20, sheet.round(m));
    if (shape === 'cylinder')
      sheet.rect(
        140,
        190,
        120,
        120,
        sheet.tile(120, 12, `<path d="M0 2q60 8 120 0" fill="none" stroke="${c.deep}"/>`),
        0,
        ' opacity=".4"',
      );
    if (shape === 'belly') sheet.line('M100 246q100 22 200 0', m.pale, 6, ' opacity=".55"');
  });
  mouth(sheet, c, 200, y, wide, Math.max(4, wide * 0.2));
  shine(sheet, shape === 'cylinder' ? 'M168 204v60' : 'M158 268q0 -20 12 -36');
}

/** @type {Drawing} */
function teapot(sheet, { m, c, shape, cut }) {
  const low = shape === 'low';
  const [w, top, base] = low
    ? [100, 222, 320]
    : shape === 'tall'
      ? [68 + 4 * cut, 158, 322]
      : [88 + 3 * cut, 186, 320];
  const mid = (top + base) / 2;
  sheet.shadow(200, 322, w, 14);
  const spout = d`M${196 + w} ${mid + 26}C${230 + w} ${mid + 20} ${222 + w} ${top + 10} ${256 + w} ${top - 4}l-14 -8C${214 + w} ${top - 4} ${206 + w} ${mid - 20} ${184 + w} ${mid - 26}z`;
  sheet.path(spout, sheet.round({ ...c, pale: c.light }));
  if (low) {
    sheet.line(
      d`M${218 - w} ${top + 18}C${200 - w} 96 ${200 + w} 96 ${182 + w} ${top + 18}`,
      '#8a6237',
      9,
    );
    sheet.line(
      d`M${217 - w} ${top + 14}C${199 - w} 94 ${199 + w} 94 ${181 + w} ${top + 14}`,
      '#b98a55',
      4,
    );
  } else {
    sheet.line(d`M${206 - w} ${mid - 34}c-62 -14 -66 76 2 66`, c.deep, 14);
    sheet.line(d`M${206 - w} ${mid - 36}c-60 -14 -64 76 2 66`, c.light, 7);
  }
  const body =
    shape === 'tall'
      ? turned(200, [
          [46, top],
          [w - 6, top + 30],
          [w, mid + 30],
          [w - 14, base],
        ])
      : turned(200, [
          [44, top],
          [w, mid],
          [w * 0.6, base - 4],
          [w * 0.58, base],
        ]);
  sheet.path(body, sheet.round(c));
  sheet.path(
    d`M${206 - w * 0.6} ${base - 2}q${w * 0.6 - 6} 10 ${w * 1.2 - 12} 0v4q${-w * 0.6} 8 ${12 - w * 1.2} 0z`,
    m.dark,
  );
  sheet.path(d`M152 ${top + 3}q6 -24 48 -24t48 24q-48 12 -96 0z`, sheet.round(c));
  sheet.line(d`M152 ${top + 4}q48 12 96 0`, c.deep, 2.4, ' opacity=".6"');
  sheet.ellipse(200, top - 26, 11, 9, sheet.round(m.lch.l > 0.85 ? c : m));
  shine(sheet, d`M${226 - w} ${mid + 4}q2 -26 18 -40`);
}

/** @type {Drawing} */
function jug(sheet, { m, c, shape, cut }) {
  const slim = shape === 'slim';
  const w = slim ? 52 + 3 * cut : 76 + 3 * cut;
  const top = slim ? 132 : 160;
  sheet.shadow(200, 324, w * 1.1, 13);
  const handle = slim
    ? d`M${190 + w} ${top + 22}c56 4 44 92 0 110`
    : d`M${176 + w} ${top + 14}c76 -10 72 84 18 96`;
  sheet.line(handle, c.deep, 14);
  sheet.line(handle, c.base, 8);
  const neck = slim ? 34 : 50;
  sheet.path(
    d`M${200 - neck - 24} ${top - 10}q12 6 18 30C${slim ? 172 : 152} ${top + 50} ${200 - w} ${top + 70} ${200 - w} 262c0 34 14 58 ${w * 0.4} 62q${w * 0.6} 8 ${w * 1.2} 0c${w * 0.26} -4 ${w * 0.4} -28 ${w * 0.4} -62C${200 + w} ${top + 70} ${200 + neck} ${top + 50} ${200 + neck} ${top}q${-neck} 14 ${-2 * neck - 24} -10z`,
    sheet.round(c),
  );
  sheet.path(
    d`M${176 - neck} ${top - 10}q30 -12 ${neck + 24} -8t${neck} 18q${-neck} 14 ${-2 * neck + 8} 6q-10 -8 -32 -16z`,
    c.light,
  );
  sheet.path(
    d`M${190 - neck} ${top - 7}q20 -7 ${neck + 8} -5t${neck - 6} 12q${-neck} 9 ${-2 * neck + 20} 3q-8 -6 -22 -10z`,
    c.deep,
  );
  sheet.path(
    d`M${206 - w * 0.62} 322q${w * 0.6} 10 ${w * 1.2} 0v5q${-w * 0.6} 8 ${-w * 1.2} 0z`,
    m.dark,
  );
  shine(sheet, d`M${222 - w} 270q-2 -30 12 -56`);
}

/** @type {Record<string, Drawing>} */
export const ceramicDrawings = { mug, bowl, plate, vase, teapot, jug };
