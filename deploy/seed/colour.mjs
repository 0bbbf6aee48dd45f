// Tones of a colour, worked out in OKLCH: there, equal steps of lightness look equal for every
// hue, so a picture's lights and shadows are in harmony whatever colour it starts from.

/** @typedef {{l: number, c: number, h: number}} Lch lightness 0..1, chroma, hue in degrees */
/** @typedef {{base: string, pale: string, light: string, dark: string, deep: string, lch: Lch}} Tones */

/**
 * @param {string} hex "#rrggbb"
 * @returns {Lch}
 */
export function toLch(hex) {
  const value = parseInt(hex.slice(1), 16);
  const [r, g, b] = [value >> 16, (value >> 8) & 255, value & 255].map((channel) => {
    const x = channel / 255;
    return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
  });
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const bb = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  return {
    l: 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    c: Math.hypot(a, bb),
    h: ((Math.atan2(bb, a) * 180) / Math.PI + 360) % 360,
  };
}

/**
 * @param {Lch} colour
 * @returns {number[]} linear light, red, green and blue; outside 0..1 when no screen can show it
 */
function toLinear({ l, c, h }) {
  const a = c * Math.cos((h * Math.PI) / 180);
  const b = c * Math.sin((h * Math.PI) / 180);
  const ll = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const mm = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const ss = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * ll - 3.3077115913 * mm + 0.2309699292 * ss,
    -1.2684380046 * ll + 2.6097574011 * mm - 0.3413193965 * ss,
    -0.0041960863 * ll - 0.7034186147 * mm + 1.707614701 * ss,
  ];
}

/**
 * The nearest colour that a screen can show, as hex; too much chroma is taken back in steps.
 * @param {Lch} colour
 * @returns {string}
 */
export function toHex(colour) {
  let { l, c, h } = colour;
  l = Math.min(0.985, Math.max(0.12, l));
  let rgb = toLinear({ l, c, h });
  while (c > 0.002 && rgb.some((x) => x < -0.0005 || x > 1.0005)) {
    c *= 0.92;
    rgb = toLinear({ l, c, h });
  }
  const channels = rgb.map((x) => {
    const y = Math.min(1, Math.max(0, x));
    const srgb = y <= 0.0031308 ? 12.92 * y : 1.055 * y ** (1 / 2.4) - 0.055;
    return Math.round(srgb * 255)
      .toString(16)
      .padStart(2, '0');
  });
  return `#${channels.join('')}`;
}

/** @type {Map<string, Tones>} */
const tonesOf = new Map();

/**
 * The base colour with two lighter and two darker companions. Shadows turn a little towards blue
 * and lights towards yellow, as in daylight.
 * @param {string} hex
 * @returns {Tones}
 */
export function tones(hex) {
  let found = tonesOf.get(hex);
  if (!found) {
    const lch = toLch(hex);
    const at = (dl, dc, dh) => toHex({ l: lch.l + dl, c: lch.c * dc, h: lch.h + dh });
    // A nearly white thing cannot become lighter: its shadows must do the work.
    const room = Math.min(1, (0.97 - lch.l) / 0.14);
    found = {
      base: hex,
      light: at(0.06 * room, 0.95, 2),
      pale: at(0.13 * room, 0.75, 4),
      dark: at(-0.075, 1, -5),
      deep: at(-0.17, 0.95, -9),
      lch,
    };
    tonesOf.set(hex, found);
  }
  return found;
}

/**
 * @param {number} a a hue in degrees
 * @param {number} b another
 * @returns {number} how far apart they are on the wheel, 0..180
 */
export function hueDistance(a, b) {
  const distance = Math.abs(a - b) % 360;
  return distance > 180 ? 360 - distance : distance;
}
