// Judges of a run: what was answered against what is there at the end. Each returns sentences, one per
// violation, and none when all is well. None of them looks at how the shop works inside.

import { createHash } from 'node:crypto';

/**
 * @typedef {import('./history.mjs').Operation} Operation
 * @typedef {import('./observer.mjs').Look} Look
 * @typedef {import('./final.mjs').Final} Final
 * @typedef {{operations: Operation[], looks: Look[], final: Final}} Run
 */

/** @param {Operation[]} operations @param {string} f */
const only = (operations, f) => operations.filter((operation) => operation.f === f);
/** @template T @param {T[]} list @param {(item: T) => string} key @returns {Map<string, T[]>} */
function grouped(list, key) {
  /** @type {Map<string, T[]>} */
  const groups = new Map();
  for (const item of list) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
/** Whether one call was over before the other began. @param {Operation} first @param {Operation} second */
const before = (first, second) => first.end !== undefined && first.end < second.start;

/** (1) Money is neither made nor lost, in any snapshot. @param {Run} run */
export function bank({ looks }) {
  return looks.flatMap(({ accounts }, at) => {
    const total = accounts.reduce((sum, [, , posted]) => sum + posted, 0);
    const wrong = accounts.filter(([, kind, posted, held]) => held < 0 || kind !== 'WORLD' && posted - held < 0);
    return [
      ...(total === 0 ? [] : [`look ${at}: all balances sum to ${total}`]),
      ...wrong.map((account) => `look ${at}: ${JSON.stringify(account)} has less than nothing`),
    ];
  });
}

/** (2) A key has one order for ever, and one answer once it has any. @param {Run} run */
export function keys({ operations, final }) {
  const violations = [];
  const orders = new Map(final.orders.map((order) => [`${order.user} ${order.key}`, order]));
  const cancels = cancelsThatMayCount(operations);
  for (const [key, calls] of grouped(only(operations, 'checkout'), ({ key, value }) => `${value.user} ${key}`)) {
    const answered = calls.filter(({ type }) => type === 'ok');
    const ids = new Set(answered.map(({ result }) => result.order));
    if (ids.size > 1) violations.push(`key ${key} was answered with orders ${[...ids]}`);
    const ended = answered.filter(({ result }) => result.outcome !== 'PENDING');
    // A cancellation may change the answer, but none that was given before it began.
    const mayChange = [...ids].map((id) => cancels.get(id)).find((start) => start !== undefined);
    const bound = ended.filter(({ end }) => mayChange === undefined || end === undefined || end < mayChange);
    const answers = new Set(bound.map(({ result }) => `${result.outcome} ${result.reason ?? ''}`));
    for (const { result } of ended.filter((call) => !bound.includes(call))) {
      if (result.reason !== 'ORDER_CANCELLED') answers.add(`${result.outcome} ${result.reason ?? ''}`);
    }
    if (answers.size > 1) violations.push(`key ${key} was answered ${[...answers]}`);
    for (const pending of answered.filter(({ result }) => result.outcome === 'PENDING')) {
      if (ended.some((end) => before(end, pending))) violations.push(`key ${key} was undecided after it was decided`);
    }
    const order = orders.get(key);
    for (const { result } of ended) {
      const bought = order !== undefined && ['COMMITTING', 'CONFIRMED', 'REFUNDING', 'REFUNDED'].includes(order.state);
      if (order === undefined) violations.push(`key ${key} was answered ${result.outcome}, and there is no such order`);
      else if (bought !== (result.outcome === 'CONFIRMED')) violations.push(`key ${key} was ${result.outcome} and is ${order.state}`);
      else if (order.state.startsWith('REFUND') && !cancels.has(order.id)) violations.push(`order ${order.id} was cancelled by nobody`);
    }
  }
  return violations;
}

/**
 * When the first cancel of each order began that may have had an effect.
 * @param {Operation[]} operations @returns {Map<string, bigint>}
 */
function cancelsThatMayCount(operations) {
  const began = new Map();
  for (const { type, value, start } of only(operations, 'cancel')) {
    if (type !== 'fail' && !(began.get(value.order) < start)) began.set(value.order, start);
  }
  return began;
}

/** (3) What was acknowledged is there; what is there was asked for. @param {Run} run */
export function acknowledged({ operations, final }) {
  return [...deposits({ operations, final }), ...orders({ operations, final })];
}

/** @param {{operations: Operation[], final: Final}} run */
function deposits({ operations, final }) {
  const violations = [];
  const there = new Map(final.deposits.map((deposit) => [`${deposit.user} ${deposit.key}`, deposit]));
  const asked = grouped(only(operations, 'deposit'), ({ key, value }) => `${value.user} ${key}`);
  for (const [key, calls] of asked) {
    const deposit = there.get(key);
    const answered = calls.filter(({ type }) => type === 'ok');
    const transactions = new Set(answered.map(({ result }) => String(result.transaction)));
    if (transactions.size > 1) violations.push(`deposit ${key} was made ${transactions.size} times: ${[...transactions]}`);
    if (answered.length > 0 && deposit === undefined) violations.push(`deposit ${key} was acknowledged and is gone`);
    if (deposit !== undefined && calls.every(({ type }) => type === 'fail')) violations.push(`deposit ${key} was refused and is there`);
    if (deposit !== undefined && deposit.units !== calls[0].value.units) violations.push(`deposit ${key} is ${deposit.units}`);
    if (deposit !== undefined && answered.length > 0 && !transactions.has(String(deposit.journal))) {
      violations.push(`deposit ${key} was acknowledged as another posting`);
    }
  }
  for (const key of there.keys()) if (!asked.has(key)) violations.push(`deposit ${key} was never asked for`);
  return [...violations, ...depositSums({ operations, final })];
}

/** The same by sums, which do not believe the register of keys. @param {{operations: Operation[], final: Final}} run */
function depositSums({ operations, final }) {
  const violations = [];
  const journal = new Map(final.journal.map((entry) => [`${entry.account} ${entry.id}`, entry.amount]));
  for (const [user, calls] of grouped(only(operations, 'deposit'), ({ value }) => value.user)) {
    const byKey = [...grouped(calls, ({ key }) => key).values()];
    /** @param {string} type */
    const sum = (type) => byKey.filter((same) => same.some((call) => call.type === type))
      .reduce((total, same) => total + same[0].value.units, 0);
    const known = new Set(final.deposits.filter((deposit) => deposit.user === user).map(({ journal: id }) => id));
    const posted = [...known].reduce((total, id) => total + (journal.get(`${user} ${id}`) ?? 0), 0);
    if (posted < sum('ok') || posted > sum('ok') + sum('info')) {
      violations.push(`deposits of ${user}: ${posted} posted, ${sum('ok')} acknowledged, ${sum('info')} unknown`);
    }
  }
  return violations;
}

/** @param {{operations: Operation[], final: Final}} run */
function orders({ operations, final }) {
  const violations = [];
  const calls = grouped(only(operations, 'checkout'), ({ key, value }) => `${value.user} ${key}`);
  const there = new Map(final.orders.map((order) => [order.id, order]));
  for (const call of only(operations, 'checkout')) {
    const order = call.type === 'ok' ? there.get(call.result.order) : undefined;
    if (call.type === 'ok' && order === undefined) violations.push(`order ${call.result.order} was acknowledged and is gone`);
    if (order && (order.key !== call.key || order.user !== call.value.user)) violations.push(`order ${order.id} is not that of its key`);
  }
  for (const order of final.orders) {
    const same = calls.get(`${order.user} ${order.key}`) ?? [];
    if (same.every(({ type }) => type === 'fail')) violations.push(`order ${order.id} was made without a call that may have made it`);
  }
  for (const cancel of only(operations, 'cancel').filter(({ type }) => type === 'ok')) {
    const state = there.get(cancel.value.order)?.state;
    if (!['REFUNDING', 'REFUNDED', 'ABORTING', 'CANCELLED'].includes(state ?? '')) {
      violations.push(`order ${cancel.value.order} was cancelled and is ${state}`);
    }
  }
  return violations;
}

/** (4) Lists that may only grow: whatever was read is how the final list begins. @param {Run} run */
export function lists({ operations, looks, final }) {
  const violations = [];
  const journal = grouped(final.journal, ({ account }) => account);
  const ordersOf = grouped(final.orders, ({ user }) => user);
  for (const [at, look] of looks.entries()) {
    for (const [account, length, digest] of look.journal) {
      const list = (journal.get(account) ?? []).slice(0, length).map(({ id, amount }) => `${id}:${amount}`);
      if (list.length < length || md5(list) !== digest) violations.push(`look ${at}: the postings of ${account} were others`);
    }
    for (const [user, length, digest] of look.orders) {
      const list = (ordersOf.get(user) ?? []).slice(0, length).map(({ id }) => id);
      if (list.length < length || md5(list) !== digest) violations.push(`look ${at}: the orders of ${user} were others`);
    }
  }
  return [...violations, ...unseen({ operations, looks, final })];
}

/** What was acknowledged before a look is in it. @param {Run} run */
function unseen({ operations, looks, final }) {
  const violations = [];
  const place = new Map(final.journal.map(({ account, id, seq }) => [`${account} ${id}`, seq]));
  const done = only(operations, 'deposit').filter(({ type }) => type === 'ok');
  for (const [at, look] of looks.entries()) {
    const lengths = new Map(look.journal.map(([account, length]) => [account, length]));
    for (const { value, result, end } of done) {
      const seq = place.get(`${value.user} ${result.transaction}`);
      if (end !== undefined && end < look.start && seq !== undefined && seq > (lengths.get(value.user) ?? 0)) {
        violations.push(`look ${at}: deposit ${result.transaction} was acknowledged and not seen`);
      }
    }
  }
  return violations;
}

/** @param {string[]} list */
const md5 = (list) => createHash('md5').update(list.join(',')).digest('hex');

/** (5) No answer names an order that is not there at the end. @param {Run} run */
export function ids({ operations, final }) {
  const there = new Set(final.orders.map(({ id }) => id));
  const violations = [];
  for (const { f, type, result, value } of operations) {
    const named = [...(result?.orders ?? []), ...(result?.order ? [result.order] : [])];
    for (const id of named) if (!there.has(id)) violations.push(`${f} named order ${id}, which is not there`);
    if (f === 'order' && type === 'fail' && result.status === 404) violations.push(`order of ${value.user} was not found`);
  }
  return violations;
}

/** (6) A cart has what was put in, less what was bought. @param {Run} run */
export function carts({ operations, final }) {
  const violations = [];
  const cleared = new Set(final.orders.filter(({ cart_cleared }) => cart_cleared).map(({ id }) => id));
  const adds = grouped(only(operations, 'add'), ({ value }) => `${value.user} ${value.product}`);
  const bought = grouped(final.lines.filter(({ order }) => cleared.has(order)), ({ user, product }) => `${user} ${product}`);
  const inCart = new Map(final.carts.map(({ user, product, quantity }) => [`${user} ${product}`, quantity]));
  for (const [key, calls] of adds) {
    /** @param {string} type */
    const sum = (type) => calls.filter((call) => call.type === type).reduce((total, { value }) => total + value.quantity, 0);
    const gone = (bought.get(key) ?? []).reduce((total, { quantity }) => total + quantity, 0);
    const left = inCart.get(key) ?? 0;
    if (left + gone < sum('ok') || left + gone > sum('ok') + sum('info')) {
      violations.push(`cart ${key}: ${left} left and ${gone} bought, ${sum('ok')} put in and ${sum('info')} unknown`);
    }
  }
  return violations;
}

/** @type {Record<string, number>} how far an order has come; refused and bought exclude each other */
const progress = { PENDING: 0, CONFIRMED: 1, REJECTED: 1, CANCELLED: 2 };
/** @type {Record<string, string[]>} where an order that was read so may end */
const ends = {
  PENDING: ['COMMITTING', 'CONFIRMED', 'REFUNDING', 'REFUNDED', 'CANCELLED'],
  CONFIRMED: ['COMMITTING', 'CONFIRMED', 'REFUNDING', 'REFUNDED'],
  REJECTED: ['CANCELLED'], CANCELLED: ['REFUNDING', 'REFUNDED', 'CANCELLED'],
};

/** (7) No reader sees an order go back, or anywhere but to its end. @param {Run} run */
export function reads({ operations, final }) {
  const violations = [];
  const there = new Map(final.orders.map((order) => [order.id, order.state]));
  const seen = operations.filter(({ f, type, result }) => (f === 'order' || f === 'cancel') && type === 'ok' && result.state);
  for (const [id, calls] of grouped(seen, ({ result }) => result.order)) {
    for (const call of calls) {
      const { state } = call.result;
      const earlier = new Set(calls.filter((other) => before(other, call)).map(({ result }) => result.state));
      const back = [...earlier].find((other) => progress[other] > progress[state]
        || other !== state && other !== 'PENDING' && [other, state].includes('REJECTED'));
      if (back) violations.push(`order ${id} was ${back}, and ${state} later`);
      if (there.has(id) && !ends[state]?.includes(there.get(id) ?? '')) violations.push(`order ${id} was ${state} and is ${there.get(id)}`);
    }
  }
  return violations;
}

/** (8) What may be spent is what is there and not held. @param {Run} run */
export function wallets({ operations }) {
  return only(operations, 'wallet').filter(({ type }) => type === 'ok').flatMap(({ value, result }) => {
    const { balance, held, available } = result;
    if (available === balance - held && held >= 0 && available >= 0) return [];
    return [`wallet of ${value.user}: ${available} to spend of ${balance}, ${held} held`];
  });
}

/** Every judge by its name. @type {Record<string, (run: Run) => string[]>} */
export const checkers = { bank, keys, acknowledged, lists, ids, carts, reads, wallets };
