// Pots, boards, knives and mills.

import { box, d, oval, turned } from './sheet.mjs';
import { tones } from '../colour.mjs';

/** @typedef {import('./draw.mjs').Drawing} Drawing */

const wood = tones('#b07f4e');

/** @type {Drawing} */
function casserole(sheet, { m, c, shape, cut }) {
  const [w, top] = shape === 'shallow' ? [136, 236] : [114 + 4 * cut, 202];
  sheet.shadow(200, 322, w + 8, 15);
  for (const side of [-1, 1]) {
    const x = 200 + side * w;
    sheet.line(d`M${x} ${top + 22}c${side * 40} -8 ${side * 40} 30 0 24`, c.deep, 12);
    sheet.line(d`M${x} ${top + 20}c${side * 38} -8 ${side * 38} 30 0 24`, c.light, 6);
  }
  sheet.path(
    d`M${200 - w} ${top}v${296 - top}q0 24 30 28q${w - 30} 8 ${2 * w - 60} 0q30 -4 30 -28v${top - 296}z`,
    sheet.round(c),
  );
  sheet.path(
    d`M${200 - w - 5} ${top - 4}q0 -40 ${w + 5} -44q${w + 5} 4 ${w + 5} 44q${-w - 5} 16 ${-2 * w - 10} 0z`,
    sheet.round(c),
  );
  sheet.path(
    d`M${200 - w - 6} ${top - 6}q${w + 6} 18 ${2 * w + 12} 0v9q${-w - 6} 18 ${-2 * w - 12} 0z`,
    sheet.round(m.lch.l < 0.5 ? { ...m, pale: m.light } : m),
  );
  sheet.path(d`M188 ${top - 46}v-8q0 -10 -10 -14q22 -10 44 0q-10 4 -10 14v8z`, sheet.round(m));
  sheet.line(
    d`M${222 - w} ${top + 26}v${shape === 'shallow' ? 34 : 58}`,
    '#fff',
    6,
    ' opacity=".4"',
  );
  sheet.line(d`M${226 - w} ${top - 22}q20 -14 46 -18`, '#fff', 4, ' opacity=".4"');
}

/** @type {Drawing} */
function saucepan(sheet, { m, shape, cut }) {
  const [w, top] = [86 + 4 * cut, 218];
  const x = 160;
  sheet.shadow(x + 10, 322, w + 10, 14);
  sheet.path(
    d`M${x + w - 4} ${top + 22}L366 ${top - 22}q14 -4 16 6t-10 12L${x + w - 4} ${top + 42}z`,
    shape === 'lidded'
      ? sheet.fall(wood)
      : sheet.fall({ light: '#5b5f63', base: '#45494d', dark: '#33373a' }),
  );
  sheet.path(d`M${x + w - 8} ${top + 22}l36 -10v20l-36 10z`, m.deep);
  sheet.path(
    d`M${x - w} ${top}v${290 - top}q2 28 28 32q${w - 28} 8 ${2 * w - 56} 0q26 -4 28 -32v${top - 290}z`,
    sheet.round(m),
  );
  sheet.line(d`M${x - w + 22} ${top + 30}v52`, '#fff', 7, ' opacity=".5"');
  (sheet.ellipse(x + w - 10, top + 30, 3, 3, m.pale),
    sheet.ellipse(x + w - 20, top + 32, 3, 3, m.pale));
  sheet.path(
    d`M${x - w - 4} ${top}q${w + 4} -34 ${2 * w + 8} 0q${-w - 4} 22 ${-2 * w - 8} 0z`,
    m.pale,
  );
  if (shape === 'lidded') {
    sheet.path(
      d`M${x - w} ${top - 2}q10 -40 ${w} -42q${w - 10} 2 ${w} 42q${-w} 18 ${-2 * w} 0z`,
      sheet.round(m),
    );
    sheet.path(d`M${x - 9} ${top - 42}q-8 -18 -2 -24q11 -8 22 0q6 6 -2 24z`, sheet.round(wood));
  } else {
    sheet.ellipse(x, top - 1, w, 14, m.deep);
    sheet.ellipse(x, top + 3, w - 8, 9, '#f3e3c3');
  }
}

/** @type {Drawing} */
function kettle(sheet, { c, shape, cut }) {
  const w = 94 + 4 * cut;
  sheet.shadow(200, 322, w + 6, 14);
  const goose = shape === 'gooseneck';
  if (goose) {
    sheet.line(
      d`M${190 + w * 0.8} 288C${270 + w * 0.5} 284 ${226 + w} 186 ${262 + w} 170`,
      c.deep,
      13,
    );
    sheet.line(
      d`M${190 + w * 0.8} 286C${268 + w * 0.5} 282 ${224 + w} 184 ${262 + w} 168`,
      c.light,
      6,
    );
    sheet.line(d`M${206 - w * 0.7} 204c-70 -26 -76 84 -8 92`, '#33302e', 13);
    sheet.line(d`M${204 - w * 0.7} 202c-66 -24 -72 82 -8 90`, '#5c5752', 4);
  } else {
    sheet.path(d`M${176 + w} 272l52 -66l12 8q-6 50 -56 84z`, sheet.round({ ...c, pale: c.base }));
    sheet.line(
      d`M${216 - w * 0.8} 200C${190 - w * 0.8} 76 ${210 + w * 0.8} 76 ${184 + w * 0.8} 200`,
      '#2f2c2b',
      7,
    );
    sheet.line(d`M${252 - w * 0.9} 112q50 -30 ${1.8 * w - 104} 0`, wood.deep, 17);
    sheet.line(d`M${252 - w * 0.9} 109q50 -30 ${1.8 * w - 104} 0`, wood.light, 9);
  }
  sheet.path(
    goose
      ? turned(200, [
          [48, 196],
          [62, 208],
          [w - 6, 300],
          [w - 14, 322],
        ])
      : turned(200, [
          [50, 192],
          [w, 262],
          [w - 14, 318],
          [w - 22, 323],
        ]),
    sheet.round(c),
  );
  sheet.path('M148 196q4 -26 52 -26t52 26q-52 14 -104 0z', sheet.round(c));
  sheet.line('M148 197q52 14 104 0', c.deep, 2.6, ' opacity=".6"');
  sheet.ellipse(200, 162, 12, 11, sheet.round(wood));
  sheet.line(d`M${224 - w * 0.85} 282q-4 -26 14 -48`, '#fff', 7, ' opacity=".45"');
  sheet.line(d`M${222 - w} 316q${w - 22} 12 ${2 * w - 44} 0`, '#fff', 2, ' opacity=".35"');
}

/** @type {Drawing} */
function board(sheet, { m, shape, cut, random }) {
  const turn = [-14, 10, 22][cut];
  sheet.add(`<g transform="rotate(${turn} 200 200)">`);
  const data =
    shape === 'round'
      ? oval(200, 200, 128)
      : shape === 'block'
        ? box(84, 108, 232, 184, 16)
        : d`M128 128q0 -18 18 -20q32 -4 36 -30v-30q2 -16 18 -16t18 16v30q4 26 36 30q18 2 18 20v196q0 22 -22 22H150q-22 0 -22 -22z`;
  sheet.drop(data, 11);
  sheet.path(data, m.deep, ' transform="translate(3 5)"');
  sheet.path(data, sheet.side(m));
  sheet.clipped(data, () => {
    if (shape === 'block') {
      for (let row = 0; row < 6; row++) {
        for (let col = row % 2; col < 8; col += 2)
          sheet.rect(
            84 + col * 29,
            108 + row * 30.7,
            29,
            30.7,
            random.chance(0.5) ? m.dark : m.light,
            0,
            ' opacity=".75"',
          );
      }
      return;
    }
    let grain = '';
    for (let x = 84; x < 320; x += 17)
      grain += d`M${x + random.range(-4, 4)} 30q${random.range(-14, 14)} 160 ${random.range(-5, 5)} 330`;
    sheet.line(grain, m.dark, 2, ' opacity=".45"');
    sheet.rect(176, 0, 46, 400, m.light, 0, ' opacity=".35"');
  });
  if (shape === 'paddle') sheet.ellipse(200, 56, 7, 7, '#6b5a4a');
  if (shape === 'round')
    sheet.ellipse(
      200,
      200,
      110,
      110,
      'none',
      ` stroke="${m.deep}" stroke-width="5" stroke-opacity=".5"`,
    );
  if (shape === 'block') sheet.line('M100 122h200', m.pale, 2, ' opacity=".6"');
  sheet.add('</g>');
  // Something to cut: a lemon and its half.
  if (cut !== 1) {
    sheet.drop(oval(270, 262, 34, 30), 5);
    (sheet.ellipse(270, 262, 36, 31, '#f2cf4a'), sheet.ellipse(262, 254, 16, 12, '#fae48a'));
    (sheet.ellipse(222, 290, 29, 29, '#f0cd4c'), sheet.ellipse(222, 290, 25, 25, '#fbf1c5'));
    sheet.line('M222 269v42M201 290h42M207 275l30 30M237 275l-30 30', '#f0d76c', 2.4);
  }
}

/** @type {Drawing} */
function knife(sheet, { m, s, shape, cut }) {
  sheet.add(`<g transform="rotate(${[-38, -46, -32][cut]} 200 200)">`);
  const blade = {
    chef: 'M172 176H340q28 2 44 20q-60 42 -150 40h-62z',
    santoku: 'M172 172H330q40 4 52 62H172z',
    paring: 'M172 184H300q34 4 50 16q-40 26 -100 26h-78z',
  }[shape];
  const handle = d`M44 184q-14 2 -16 16t12 22q50 10 126 4v-44q-80 6 -122 2z`;
  sheet.drop(blade + handle, 9);
  sheet.path(blade, sheet.fall({ light: m.pale, base: m.base, dark: m.light }));
  const edge = {
    chef: 'M234 236q90 2 150 -40q-56 54 -150 45h-62v-5z',
    santoku: 'M172 234H382l-2 5H172z',
    paring: 'M250 226q60 0 100 -26q-36 32 -100 31h-78v-5z',
  }[shape];
  sheet.path(edge, '#f4f6f6');
  sheet.line('M176 181h150', '#fff', 2.4, ' opacity=".6"');
  sheet.rect(160, 178, 18, 54, m.deep, 3);
  sheet.path(handle, sheet.fall(s));
  sheet.line('M60 196q50 6 96 0', s.pale, 2, ' opacity=".6"');
  for (const x of [66, 104, 142]) sheet.ellipse(x, 206, 4.5, 4.5, '#d8c38a', ` stroke="${s.deep}"`);
  sheet.add('</g>');
}

const millProfile = (shape, top) =>
  shape === 'turned'
    ? [
        [14, top + 46],
        [30, top + 58],
        [22, top + 82],
        [20, top + 120],
        [42, 262],
        [36, 274],
        [46, 290],
        [46, 322],
        [42, 327],
      ]
    : [
        [26, top + 46],
        [28, top + 60],
        [48, 318],
        [46, 327],
      ];

/** @type {Drawing} */
function mill(sheet, { m, shape, cut }) {
  const h = 14 * cut;
  const top = 106 - h;
  sheet.shadow(200, 326, 60, 12);
  const profile = millProfile(shape, top);
  sheet.path(turned(200, profile), sheet.round(m));
  for (const [y, w] of shape === 'turned'
    ? [
        [274, 36],
        [290, 46],
      ]
    : [
        [top + 74, 29],
        [300, 46],
      ])
    sheet.line(d`M${200 - w} ${y}q${w} 8 ${2 * w} 0`, m.deep, 2.4, ' opacity=".6"');
  sheet.path(
    turned(
      200,
      shape === 'turned'
        ? [
            [8, top - 2],
            [34, top + 22],
            [16, top + 44],
            [18, top + 48],
          ]
        : [
            [10, top],
            [30, top + 20],
            [27, top + 44],
          ],
    ),
    sheet.round(m),
  );
  sheet.ellipse(
    200,
    top - 5,
    7,
    7,
    sheet.round({ base: '#c9ced0', pale: '#f2f4f4', deep: '#82898c' }),
  );
  sheet.line(d`M186 ${top + 130}L180 ${256}`, '#fff', 5, ' opacity=".3"');
  let corns = '';
  for (const [x, y] of [
    [128, 330],
    [142, 338],
    [116, 342],
    [270, 336],
    [288, 330],
    [280, 346],
  ])
    corns += d`M${x} ${y}h.1`;
  sheet.line(corns, '#2f2926', 7);
}

/** @type {Record<string, Drawing>} */
export const kitchenDrawings = {
  casserole,
  saucepan,
  kettle,
  'chopping-board': board,
  'kitchen-knife': knife,
  'pepper-mill': mill,
};
