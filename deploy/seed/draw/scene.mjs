// Where the things of a picture stand: a quiet wall in a colour that suits the product.

import { toHex, toLch } from '../colour.mjs';
import { d } from './sheet.mjs';

/** @typedef {import('./sheet.mjs').Sheet} Sheet */

/**
 * A pale colour to stand before: related to the product's or across the wheel from it, and never
 * as light as a light product or as dark as a dark one.
 * @param {string} hex the product's main colour
 * @param {number} turn which of the four choices
 * @returns {{wall: string, floor: string, light: string}}
 */
function wallFor(hex, turn) {
  const { l, c, h } = toLch(hex);
  const hue =
    c < 0.025 ? [70, 230, 30, 160][turn % 4] : (h + [25, 180, -50, 150][turn % 4] + 360) % 360;
  // Pinks, greens and violets shout sooner than sand does.
  const chroma = hue > 320 || hue < 35 ? 0.024 : hue > 110 ? 0.028 : 0.038;
  const wall = l > 0.86 ? 0.8 : l > 0.72 ? 0.9 : 0.915;
  return {
    wall: toHex({ l: wall, c: chroma, h: hue }),
    floor: toHex({ l: wall - 0.055, c: chroma * 1.15, h: hue - 6 }),
    light: toHex({ l: wall + 0.035, c: chroma * 0.7, h: hue + 6 }),
  };
}

/** Sunlight through a window, thrown on the wall. */
function windowLight(sheet, light, x) {
  const pane = (px, py) => d`M${px} ${py}l70 -16v92l-70 16z`;
  sheet.path(
    pane(x, 40) + pane(x + 80, 22) + pane(x, 142) + pane(x + 80, 124),
    light,
    ' opacity=".75"',
  );
}

/**
 * @param {Sheet} sheet
 * @param {{hex: string, turn: number, place: 'room' | 'table' | 'wall' | 'flat'}} how
 */
export function backdrop(sheet, { hex, turn, place }) {
  const { wall, floor, light } = wallFor(hex, turn);
  const style = (turn >> 2) % 3;
  sheet.rect(0, 0, 400, 400, wall);
  if (place === 'flat') {
    sheet.ellipse(130, 110, 300, 300, sheet.glow(light, 1));
    return;
  }
  if (place === 'wall') {
    sheet.ellipse(150, 130, 290, 290, sheet.glow(light, 1));
    if (style === 1) windowLight(sheet, light, 210);
    return;
  }
  const line = place === 'room' ? 292 : 284;
  if (style === 0) {
    sheet.ellipse(200, place === 'room' ? 186 : 196, 150, 150, light);
  } else if (style === 1) {
    windowLight(sheet, light, 30 + 150 * (turn & 1));
  } else {
    sheet.path(d`M72 ${line}V170a128 128 0 0 1 256 0V${line}z`, light);
  }
  sheet.rect(0, line, 400, 400 - line, floor);
  sheet.ellipse(170, line + 36, 250, 60, sheet.glow(light, 0.75));
}
