// What a run must have seen to prove anything: a green run in which nothing was sold, refused or broken
// is a red one.

// From here on every answer and every crash must have been seen. Chance decides what a shorter run
// sees, so there it is told, and only what every run sees must have been.
const longRunS = 300;
// Of the calls that were due, this share must have been sent: the rest found too many under way. Of the
// 250 a second that are due by default it is the 200 that a proof needs.
const leastSent = 0.8;
const sold = { 'an order that was confirmed': /^checkout ok CONFIRMED$/ };
const answers = {
  ...sold, 'a refusal for want of stock': /^checkout ok OUT_OF_STOCK$/,
  'a refusal for want of money': /^checkout ok INSUFFICIENT_FUNDS$/, 'an order that was cancelled': /^cancel ok /,
};

/** @typedef {{seconds: number, offered: number, sent: number, looks: number, counts: Map<string, number>, crashes: Map<string, number>}} Seen
 *   how often each answer was given, and each kind of crash inflicted */

/** @param {Seen} seen @returns {string[]} what it must have seen, and did not */
export function missing({ seconds, offered, sent, looks, counts, crashes }) {
  const inflicted = [...crashes.values()].filter((times) => times > 0).length;
  const never = seconds >= longRunS ? notCrashed(crashes) : [];
  const slow = seconds >= longRunS && sent < leastSent * offered;
  return [
    ...(slow ? [`proof: ${sent} calls were sent of ${offered}`] : []),
    ...notAnswered(seconds >= longRunS ? answers : sold, counts),
    ...(looks > 0 ? [] : ['proof: nobody ever looked at the database']),
    ...(inflicted > 0 ? [] : ['proof: nothing ever crashed']),
    ...never,
  ];
}

/** @param {Seen} seen @returns {string[]} what a longer run would have had to see */
export function unseen({ counts, crashes }) {
  return [...notAnswered(answers, counts), ...notCrashed(crashes)];
}

/** @param {Record<string, RegExp>} wanted @param {Map<string, number>} counts */
function notAnswered(wanted, counts) {
  return Object.entries(wanted).filter(([, pattern]) => ![...counts.keys()].some((name) => pattern.test(name)))
    .map(([what]) => `proof: not one call had as its answer ${what}`);
}

/** @param {Map<string, number>} crashes */
function notCrashed(crashes) {
  return [...crashes].filter(([, times]) => times === 0).map(([kind]) => `proof: never happened: ${kind}`);
}
