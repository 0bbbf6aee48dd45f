// A sheet of 400 by 400 to draw one picture on. It knows the light: from the upper left, always, so
// that every picture of the shop belongs to the same room.

import { toHex } from '../colour.mjs';

/** @typedef {import('../colour.mjs').Tones} Tones */

/**
 * One decimal is finer than any screen shows and keeps a picture small.
 * @param {number} value
 * @returns {number}
 */
const short = (value) => Math.round(value * 10) / 10;

/**
 * Path data, with its numbers shortened: d`M${x} ${y}h${w}`.
 * @param {TemplateStringsArray} texts
 * @param {...(number | string)} values
 * @returns {string}
 */
export function d(texts, ...values) {
  return texts.reduce((out, text, at) => {
    const value = values[at - 1];
    return out + (typeof value === 'number' ? short(value) : value) + text;
  });
}

/**
 * @param {string} text
 * @returns {string} the text as XML content
 */
export const escapeXml = (text) =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** Where gradient stops sit on a round thing lit from the left, and which tone is there. */
const ROUND = /** @type {const} */ ([
  [0, 'base'],
  [0.28, 'pale'],
  [0.62, 'base'],
  [1, 'deep'],
]);
const FLAT = /** @type {const} */ ([
  [0, 'light'],
  [0.5, 'base'],
  [1, 'dark'],
]);

/** Draws by adding elements from the back to the front. */
export class Sheet {
  /** @type {Map<string, string>} */
  #defs = new Map();
  /** @type {string[]} */
  #parts = [];

  /** @param {string} element */
  add(element) {
    this.#parts.push(element);
  }

  /** Defines an element with an id of its own, for <use>. @param {string} element */
  define(element) {
    this.#defs.set(element, '');
  }

  rect(x, y, w, h, fill, r = 0, more = '') {
    const round = r ? ` rx="${short(r)}"` : '';
    this.add(
      d`<rect x="${x}" y="${y}" width="${w}" height="${h}"` + `${round} fill="${fill}"${more}/>`,
    );
  }

  ellipse(cx, cy, rx, ry, fill, more = '') {
    const shape =
      rx === ry
        ? d`<circle cx="${cx}" cy="${cy}" r="${rx}"`
        : d`<ellipse cx="${cx}" cy="${cy}" rx="${rx}" ry="${ry}"`;
    this.add(`${shape} fill="${fill}"${more}/>`);
  }

  /** @param {string} data @param {string} fill @param {string} [more] further attributes */
  path(data, fill, more = '') {
    this.add(`<path d="${data}" fill="${fill}"${more}/>`);
  }

  /** A line with round ends along a path. */
  line(data, colour, width, more = '') {
    this.add(
      `<path d="${data}" fill="none" stroke="${colour}" stroke-width="${short(width)}"` +
        ` stroke-linecap="round" stroke-linejoin="round"${more}/>`,
    );
  }

  /** A bar from one point to another that is w1 wide at its start and w2 at its end. */
  leg(x1, y1, w1, x2, y2, w2, fill) {
    this.path(d`M${x1 - w1 / 2} ${y1}h${w1}L${x2 + w2 / 2} ${y2}h${-w2}z`, fill);
  }

  /** The fill of a thing that is round about a vertical axis. @param {Tones} tone */
  round(tone) {
    return this.#gradient('x2="1" y2="0"', tone, ROUND);
  }

  /** The fill of an upright surface, lit from the left. @param {Tones} tone */
  side(tone) {
    return this.#gradient('x2="1" y2=".25"', tone, FLAT);
  }

  /** The fill of a thing that is lit from above. @param {Tones} tone */
  fall(tone) {
    return this.#gradient('x2=".15" y2="1"', tone, FLAT);
  }

  /** The fill of a lamp's glow or a window's light, fading out from its middle. */
  glow(colour, strength) {
    return this.#define(
      `<radialGradient id="%"><stop stop-color="${colour}" stop-opacity="${strength}"/>` +
        `<stop offset="1" stop-color="${colour}" stop-opacity="0"/></radialGradient>`,
    );
  }

  /** A fill that repeats a tile of w by h, turned by some degrees. */
  tile(w, h, content, turn = 0) {
    const how = turn ? ` patternTransform="rotate(${turn})"` : '';
    return this.#define(
      `<pattern id="%" width="${short(w)}" height="${short(h)}" ` +
        `patternUnits="userSpaceOnUse"${how}>${content}</pattern>`,
    );
  }

  /** Cuts what is drawn by `content` to a path. */
  clipped(data, content) {
    const clip = this.#define(`<clipPath id="%"><path d="${data}"/></clipPath>`);
    this.add(`<g clip-path="${clip}">`);
    content();
    this.add('</g>');
  }

  /** What a standing thing leaves on the floor: dark where it touches, gone a little further out. */
  shadow(cx, cy, rx, ry = rx * 0.13, strength = 0.34) {
    this.ellipse(cx + rx * 0.06, cy, rx * 1.16, ry * 1.3, this.glow('#1d1a22', strength));
  }

  /** The soft shadow of a thing that lies or hangs flat, `drop` above what is behind it. */
  drop(data, drop = 8) {
    const blur = this.#define(
      `<filter id="%" x="-20%" y="-20%" width="140%" height="140%">` +
        `<feGaussianBlur stdDeviation="${short(drop * 0.8)}"/></filter>`,
    );
    this.path(
      data,
      '#2a2430',
      ` opacity=".28" filter="${blur}" transform="translate(${short(drop * 0.6)} ${drop})"`,
    );
  }

  /** @param {string} title @returns {string} the whole file */
  toSvg(title) {
    const all = [...this.#defs].map(([text, id]) => text.replace('id="%"', `id="${id}"`)).join('');
    const defs = all && `<defs>${all}</defs>`;
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" role="img">` +
      `<title>${escapeXml(title)}</title>${defs}${this.#parts.join('')}</svg>\n`
    );
  }

  #gradient(direction, tone, stops) {
    return this.#define(
      `<linearGradient id="%" x1="0" y1="0" ${direction}>` +
        stops.map(([at, name]) => `<stop offset="${at}" stop-color="${tone[name]}"/>`).join('') +
        '</linearGradient>',
    );
  }

  /** Writes a definition once, however often it is asked for. @returns {string} a reference to it */
  #define(text) {
    const id = this.#defs.get(text) ?? `d${this.#defs.size}`;
    this.#defs.set(text, id);
    return `url(#${id})`;
  }
}

/** A rectangle with rounded corners as path data, for clips and shadows. */
export const box = (x, y, w, h, r = 0) =>
  d`M${x + r} ${y}h${w - 2 * r}a${r} ${r} 0 0 1 ${r} ${r}v${h - 2 * r}a${r} ${r} 0 0 1 ${-r} ${r}` +
  d`h${2 * r - w}a${r} ${r} 0 0 1 ${-r} ${-r}v${2 * r - h}a${r} ${r} 0 0 1 ${r} ${-r}z`;

/** An ellipse as path data. */
export const oval = (cx, cy, rx, ry = rx) =>
  d`M${cx - rx} ${cy}a${rx} ${ry} 0 1 1 ${2 * rx} 0a${rx} ${ry} 0 1 1 ${-2 * rx} 0z`;

/**
 * The silhouette of a turned thing, mirrored about x = cx: half widths at heights, joined softly.
 * @param {number} cx
 * @param {[number, number][]} profile [half width, y] from the top down
 */
export function turned(cx, profile) {
  const right = profile.map(([w, y]) => [cx + w, y]);
  const left = profile.map(([w, y]) => [cx - w, y]).reverse();
  const side = (points) =>
    points
      .slice(1)
      .map(([x, y], at) => {
        const [px, py] = points[at];
        const mid = (py + y) / 2;
        return d`C${px} ${mid} ${x} ${mid} ${x} ${y}`;
      })
      .join('');
  return (
    d`M${right[0][0]} ${right[0][1]}` +
    side(right) +
    d`L${left[0][0]} ${left[0][1]}` +
    side(left) +
    'z'
  );
}

/** A tone with another lightness, for lines and details. */
export const shade = (tone, by) =>
  toHex({ l: tone.lch.l + by, c: tone.lch.c * 0.95, h: tone.lch.h });
