// What a run must have seen to prove anything: a green run in which nothing was sold, refused or broken
// is a red one.

// From here on every crash must have happened; before, half of them.
const longRunS = 300;
const answers = {
  'an order that was confirmed': /^checkout ok CONFIRMED$/, 'a refusal for want of stock': /^checkout ok OUT_OF_STOCK$/,
  'a refusal for want of money': /^checkout ok INSUFFICIENT_FUNDS$/, 'an order that was cancelled': /^cancel ok /,
};

/**
 * @param {{seconds: number, looks: number, counts: Map<string, number>, crashes: Map<string, number>}} seen
 *   how often each answer was given, and each kind of crash inflicted
 * @returns {string[]} what is missing
 */
export function missing({ seconds, looks, counts, crashes }) {
  const lacking = Object.entries(answers).filter(([, pattern]) => ![...counts.keys()].some((name) => pattern.test(name)));
  const never = [...crashes].filter(([, times]) => times === 0).map(([kind]) => kind);
  const tooMany = seconds >= longRunS ? never.length > 0 : never.length * 2 > crashes.size;
  return [
    ...lacking.map(([what]) => `proof: not one call had as its answer ${what}`),
    ...(looks > 0 ? [] : ['proof: nobody ever looked at the database']),
    ...(crashes.size > 0 ? [] : ['proof: there was nothing to crash']),
    ...(tooMany ? [`proof: never happened: ${never.join(', ')}`] : []),
  ];
}
