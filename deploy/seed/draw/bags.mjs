// Bags. Stitches are drawn: they are what one looks at.

import { box, d, shade } from './sheet.mjs';
import { tones } from '../colour.mjs';
import { cover } from './sofas.mjs';

/** @typedef {import('./draw.mjs').Drawing} Drawing */

const BRASS = '#c9a24f';
const stitch = (sheet, data, tone) =>
  sheet.line(data, shade(tone, tone.lch.l > 0.6 ? -0.22 : 0.22), 1.6, ' stroke-dasharray="5 4"');

/** @type {Drawing} */
function tote(sheet, { c, shape, cut }) {
  const w = 96 + 4 * cut;
  const top = 150;
  sheet.shadow(200, 330, w + 4, 14);
  sheet.line(d`M162 ${top + 4}C160 44 240 44 238 ${top + 4}`, c.deep, 11);
  const body = d`M${200 - w} ${top}q${w} 12 ${2 * w} 0l8 168q0 12 -12 12H${204 - w}q-12 0 -12 -12z`;
  sheet.path(body, sheet.side(c));
  if (shape === 'block')
    sheet.clipped(body, () =>
      sheet.rect(80, 268, 240, 70, sheet.side(tones(shade(c, c.lch.l > 0.45 ? -0.2 : 0.24)))),
    );
  cover(sheet, c, 'canvas', body);
  sheet.path(
    d`M${200 - w} ${top}q${w} 12 ${2 * w} 0l1 18q${-w - 1} 12 ${-2 * w - 2} 0z`,
    c.dark,
    ' opacity=".5"',
  );
  stitch(sheet, d`M${204 - w} ${top + 21}q${w - 4} 11 ${2 * w - 8} 0`, c);
  if (shape === 'pocket') {
    sheet.path(
      d`M142 222h116v70q0 14 -14 14h-88q-14 0 -14 -14z`,
      sheet.side({ ...c, light: c.pale, base: c.light, dark: c.base }),
    );
    stitch(sheet, 'M148 222v66q0 12 12 12h80q12 0 12 -12v-66M142 230h116', c);
  }
  const strap = shape === 'plain' ? 328 : 196;
  for (const x of [154, 246]) {
    sheet.rect(
      x - 8,
      top + 2,
      16,
      strap - top,
      sheet.side({ ...c, light: c.base, base: c.dark, dark: c.deep }),
      2,
    );
    stitch(sheet, d`M${x - 5} ${top + 6}V${strap - 4}M${x + 5} ${top + 6}V${strap - 4}`, c);
  }
  sheet.line(d`M154 ${top + 8}C150 36 250 36 246 ${top + 8}`, c.dark, 13);
  sheet.line(d`M153 ${top + 4}C149 33 249 33 245 ${top + 4}`, c.light, 4, ' opacity=".6"');
  sheet.line(d`M${230 - w} 200q8 50 2 100M${168 + w} 190q-8 30 0 70`, c.deep, 6, ' opacity=".14"');
}

/** @type {Drawing} */
function backpack(sheet, { c, s, shape, cut }) {
  const w = 82 + 4 * cut;
  sheet.shadow(200, 334, w + 6, 14);
  sheet.line('M182 92q0 -28 18 -28t18 28', s.deep, 9);
  sheet.line(d`M${210 - w} 200C${172 - w} 230 ${172 - w} 300 ${206 - w} 320`, c.deep, 14);
  sheet.line(d`M${190 + w} 200C${228 + w} 230 ${228 + w} 300 ${194 + w} 320`, c.deep, 14);
  const top = shape === 'rolltop' ? 84 : 92;
  const body =
    shape === 'rolltop'
      ? d`M${214 - w} ${top}h${2 * w - 28}l14 74v158q0 18 -18 18H${218 - w}q-18 0 -18 -18V${top + 74}z`
      : d`M${200 - w} 180c0 -60 24 -88 ${w} -88s${w} 28 ${w} 88v136q0 18 -18 18H${218 - w}q-18 0 -18 -18z`;
  sheet.path(body, sheet.side(c));
  cover(sheet, c, 'canvas', body);
  sheet.path(
    d`M${214 - w} 226h${2 * w - 28}v76q0 18 -18 18H${232 - w}q-18 0 -18 -18z`,
    sheet.side({ ...c, light: c.pale, base: c.light, dark: c.base }),
  );
  stitch(sheet, d`M${220 - w} 230v70q0 14 14 14h${2 * w - 68}q14 0 14 -14v-70`, c);
  if (shape === 'zip') {
    sheet.line(d`M${208 - w} 206c0 -70 20 -98 ${w - 8} -98s${w - 8} 28 ${w - 8} 98`, c.deep, 4);
    stitch(sheet, d`M${214 - w} 206c0 -66 20 -92 ${w - 14} -92s${w - 14} 26 ${w - 14} 92`, c);
    sheet.line(d`M${220 - w} 236h${2 * w - 40}`, c.deep, 4);
    (sheet.path('M196 236h8l3 20h-14z', s.base), sheet.ellipse(200, 236, 5, 5, BRASS));
    sheet.rect(184, 134, 32, 44, sheet.side(s), 4);
  } else if (shape === 'flap') {
    sheet.path(
      d`M${198 - w} 176c0 -58 24 -86 ${w + 2} -86s${w + 2} 28 ${w + 2} 86v46q0 14 -14 14H${212 - w}q-14 0 -14 -14z`,
      sheet.side(c),
    );
    stitch(sheet, d`M${206 - w} 178v42q0 8 8 8h${2 * w - 28}q8 0 8 -8v-42`, c);
    for (const x of [160, 240])
      (sheet.rect(x - 9, 196, 18, 84, sheet.side(s), 4),
        sheet.rect(x - 12, 244, 24, 17, 'none', 3, ` stroke="${BRASS}" stroke-width="4"`),
        sheet.line(d`M${x} 268v.1M${x} 274v.1`, s.deep, 3));
  } else {
    sheet.rect(
      206 - w,
      top - 8,
      2 * w - 12,
      22,
      sheet.fall({ ...c, light: c.pale, base: c.light, dark: c.dark }),
      11,
    );
    sheet.rect(191, top - 10, 18, 116, sheet.side(s), 4);
    sheet.rect(187, top + 62, 26, 19, 'none', 3, ` stroke="${BRASS}" stroke-width="4"`);
    sheet.line(d`M200 ${top + 90}v.1M200 ${top + 98}v.1`, s.deep, 3);
    sheet.line(d`M${222 - w} 236h${2 * w - 44}`, c.deep, 3);
  }
  sheet.rect(202 - w, 320, 2 * w - 4, 14, sheet.side(s), 7);
}

/** @type {Drawing} */
function satchel(sheet, { c, shape, cut }) {
  const w = 122 + 4 * cut;
  const [top, low] = [168, 324];
  sheet.shadow(200, low, w + 4, 14);
  sheet.line(
    d`M${212 - w} ${top + 14}C${196 - w} 40 ${204 + w} 40 ${188 + w} ${top + 14}`,
    c.deep,
    9,
  );
  sheet.line(
    d`M${212 - w} ${top + 12}C${196 - w} 37 ${204 + w} 37 ${188 + w} ${top + 12}`,
    c.light,
    3,
  );
  sheet.line(d`M170 ${top + 2}q0 -30 30 -30t30 30`, c.dark, 11);
  sheet.path(
    box(200 - w, top + 4, 2 * w, low - top - 4, 12),
    sheet.side({ ...c, light: c.dark, base: c.dark, dark: c.deep }),
  );
  const flap =
    shape === 'saddle'
      ? d`M${198 - w} ${top + 12}q0 -14 14 -14h${2 * w - 24}q14 0 14 14v44c0 60 -50 82 ${-w - 2} 82s${-w - 2} -22 ${-w - 2} -82z`
      : d`M${198 - w} ${top + 12}q0 -14 14 -14h${2 * w - 24}q14 0 14 14v82q0 18 -18 18H${216 - w}q-18 0 -18 -18z`;
  sheet.path(flap, c.deep, ' opacity=".35" transform="translate(2 5)"');
  sheet.path(flap, sheet.side(c));
  stitch(
    sheet,
    shape === 'saddle'
      ? d`M${206 - w} ${top + 20}v36c0 52 46 74 ${w - 6} 74s${w - 6} -22 ${w - 6} -74v-36`
      : d`M${206 - w} ${top + 20}v70q0 14 14 14h${2 * w - 40}q14 0 14 -14v-70`,
    c,
  );
  sheet.line(d`M${224 - w} ${top + 10}q${w - 24} -6 ${2 * w - 60} 0`, c.pale, 4, ' opacity=".5"');
  if (shape === 'buckles') {
    for (const x of [200 - w * 0.55, 200 + w * 0.55])
      (sheet.rect(
        x - 11,
        top + 40,
        22,
        100,
        sheet.side({ ...c, light: c.base, base: c.dark, dark: c.deep }),
        5,
      ),
        sheet.rect(x - 15, top + 98, 30, 20, 'none', 4, ` stroke="${BRASS}" stroke-width="4.5"`));
  } else {
    const y = shape === 'lock' ? top + 108 : top + 124;
    sheet.rect(
      180,
      y - 18,
      40,
      32,
      sheet.side({ light: '#e3c277', base: BRASS, dark: '#a47e33' }),
      6,
    );
    sheet.rect(196, y - 11, 8, 18, '#8a6727', 4);
  }
}

/** @type {Drawing} */
function weekender(sheet, { c, s, shape, cut }) {
  const w = 138 + 4 * cut;
  const top = shape === 'barrel' ? 196 : 184;
  sheet.shadow(200, 332, w, 16);
  sheet.line(d`M148 ${top + 8}C150 110 250 110 252 ${top + 8}`, s.deep, 9);
  const body =
    shape === 'barrel'
      ? box(200 - w, top, 2 * w, 136, 58)
      : d`M${232 - w} ${top}h${2 * w - 64}q20 0 28 30l6 88q0 14 -14 14H${212 - w}q-14 0 -14 -14l6 -88q8 -30 28 -30z`;
  sheet.path(body, sheet.side(c));
  cover(sheet, c, 'canvas', body);
  sheet.clipped(body, () => {
    sheet.rect(40, 296, 320, 50, sheet.side(s));
    if (shape === 'barrel')
      for (const x of [200 - w, 160 + w]) sheet.rect(x, top, 40, 136, sheet.side(s));
  });
  stitch(sheet, d`M${214 - w} 292h${2 * w - 28}`, s);
  sheet.line(
    d`M${shape === 'barrel' ? 246 - w : 236 - w} ${top + 12}H${shape === 'barrel' ? 154 + w : 164 + w}`,
    c.deep,
    5,
  );
  sheet.line(
    d`M${shape === 'barrel' ? 246 - w : 236 - w} ${top + 12}H${shape === 'barrel' ? 154 + w : 164 + w}`,
    BRASS,
    2,
    ' stroke-dasharray="3 2"',
  );
  for (const x of [142, 258]) {
    sheet.rect(x - 9, top + 22, 18, 306 - top - 22, sheet.side(s), 3);
    stitch(sheet, d`M${x - 5} ${top + 30}V296M${x + 5} ${top + 30}V296`, s);
    sheet.ellipse(x, top + 40, 6, 6, 'none', ` stroke="${BRASS}" stroke-width="4"`);
  }
  sheet.line(d`M142 ${top + 36}C140 92 260 92 258 ${top + 36}`, s.base, 11);
  sheet.line(d`M141 ${top + 32}C139 89 259 89 257 ${top + 32}`, s.pale, 3, ' opacity=".6"');
  sheet.path(d`M${166 + w} ${top + 14}l14 4l-4 34l-18 -4z`, s.dark);
}

/** @type {Drawing} */
function pouch(sheet, { c, material, shape, cut }) {
  const w = 128 + 4 * cut;
  const [top, low] = [132, 280];
  sheet.add(`<g transform="rotate(${[-9, 7, -4][cut]} 200 200)">`);
  const body =
    shape === 'wedge'
      ? d`M${216 - w} ${top}H${184 + w}q10 0 12 10l12 104q4 30 -26 34H${218 - w}q-30 -4 -26 -34l12 -104q2 -10 12 -10z`
      : box(200 - w, top, 2 * w, low - top, 16);
  sheet.drop(body, 10);
  sheet.path(body, sheet.side(c));
  cover(sheet, c, material, body);
  if (shape === 'wedge')
    sheet.line(d`M${204 - w} ${low - 34}q${w - 4} 20 ${2 * w - 8} 0`, c.deep, 3, ' opacity=".5"');
  else
    stitch(
      sheet,
      d`M${210 - w} ${top + 34}V${low - 20}q0 10 10 10h${2 * w - 40}q10 0 10 -10V${top + 34}`,
      c,
    );
  sheet.rect(214 - w, top + 10, 2 * w - 28, 12, c.deep, 5);
  sheet.line(d`M${220 - w} ${top + 16}h${2 * w - 40}`, BRASS, 2.4, ' stroke-dasharray="1 5"');
  sheet.rect(164 + w * 0.5, top + 10, 14, 12, BRASS, 3);
  sheet.path(d`M${166 + w * 0.5} ${top + 20}h10l5 44q-10 8 -20 0z`, sheet.side(tones('#8a5a3a')));
  sheet.path(d`M${212 - w} ${top + 44}q60 -20 120 -14q-70 24 -112 64z`, '#fff', ' opacity=".1"');
  (sheet.rect(212 - w, low - 46, 44, 22, '#f1e9d9', 2),
    stitch(sheet, d`M${218 - w} ${low - 35}h32`, c));
  sheet.add('</g>');
}

/** @type {Record<string, Drawing>} */
export const bagDrawings = { 'tote-bag': tote, backpack, satchel, weekender, pouch };
