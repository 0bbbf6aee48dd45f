// saga.mjs CALL... -- COMMAND...: the words of `./cartwright saga` become a request, which CALL (see
// lib/operator.sh) sends, and the answer becomes a table.

import { spawnSync } from 'node:child_process';
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';

const usage = `./cartwright saga ls [--dead | --all] [--state STATE] [--older-than SECONDS]
                 show ORDER
                 retry ORDER --note TEXT [--as NAME]
                 force-abort ORDER --note TEXT [--as NAME]
                 resolve ORDER roll-forward --note TEXT [--as NAME]
`;
const mostPages = 10;

const border = process.argv.indexOf('--');
const [program, ...options] = process.argv.slice(2, border);

/** What was typed cannot be a command. @param {string} why @returns {never} */
function refuse(why) {
  process.stderr.write(`saga: ${why}\n${usage}`);
  process.exit(64);
}

/** The answer of an RPC; ends with the error that it has. @param {string} method @param {object} request */
function call(method, request) {
  const { status, stdout, error } = spawnSync(
    program, [...options, `SagaService/${method}`, '-'],
    { input: JSON.stringify(request), encoding: 'utf8', stdio: ['pipe', 'pipe', 'inherit'], maxBuffer: 2 ** 26 });
  if (error) {
    process.stderr.write(`saga: ${program}: ${error.message}\n`);
    process.exit(1);
  }
  if (status !== 0) process.exit(status ?? 1);
  return JSON.parse(stdout);
}

/** @param {string[][]} rows the first of which is the head */
function print(rows) {
  const widths = rows[0].map((_, at) => Math.max(...rows.map((row) => row[at].length)));
  for (const row of rows) {
    process.stdout.write(`${row.map((cell, at) => cell.padEnd(widths[at])).join('  ').trimEnd()}\n`);
  }
}

/** Time from then to now, or from now to then. @param {string} time */
function distance(time) {
  const seconds = Math.round((Date.now() - Date.parse(time)) / 1000);
  const [size, unit] = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']]
    .find(([least]) => Math.abs(seconds) >= Number(least)) ?? [1, 's'];
  const count = Math.floor(Math.abs(seconds) / Number(size));
  return seconds < 0 ? `in ${count} ${unit}` : `${count} ${unit} ago`;
}

/** @param {any} saga */
const stateOf = (saga) => `${saga.state}${saga.dead ? ' (dead)' : ''}`;

/** @param {any} saga */
function due(saga) {
  if (saga.dead) return 'never';
  if (saga.state === 'CANCELLED' || (/^(CONFIRMED|REFUNDED)$/.test(saga.state) && saga.cartCleared)) return 'done';
  const [lease, next] = [Date.parse(saga.leaseUntil), Date.parse(saga.nextAttempt)];
  return Math.max(lease, next) <= Date.now() ? 'now' : distance(lease > next ? saga.leaseUntil : saga.nextAttempt);
}

/** @param {Record<string, any>} values */
function list(values) {
  if (!/^\d{0,9}$/.test(values['older-than'] ?? '')) refuse('--older-than takes a number of seconds');
  const request = {
    filter: values.all ? 'ALL' : values.dead ? 'DEAD' : 'LIVE',
    ...(values.state ? { state: values.state.toUpperCase() } : {}),
    ...(values['older-than'] ? { olderThanS: Number(values['older-than']) } : {}),
    pageSize: 100,
    pageToken: '',
  };
  const sagas = [];
  for (let page = 0; page < mostPages; ++page) {
    const answer = call('ListSagas', request);
    sagas.push(...answer.sagas);
    request.pageToken = answer.nextPageToken;
    if (!request.pageToken) break;
  }
  if (sagas.length === 0) return process.stdout.write('No sagas.\n');
  print([
    ['ORDER', 'STATE', 'PLACED', 'RETRIES', 'CLAIMS', 'DUE', 'OWNER', 'WHY'],
    ...sagas.map((saga) => [
      saga.orderId, stateOf(saga), distance(saga.createTime), String(saga.retryCount),
      String(saga.crashCount), due(saga), `${saga.leaseOwner}#${saga.leaseEpoch}`,
      saga.deadReason || saga.reason,
    ]),
  ]);
  if (request.pageToken) process.stdout.write('... and more; narrow it with --state or --older-than.\n');
}

/** @param {any} view of a participant */
const participant = (view) => view.error || [view.state, view.reason && `(${view.reason})`].filter(Boolean).join(' ');

/** @param {string} orderId */
function show(orderId) {
  const { saga, events, total, hold, reservation } = call('GetSaga', { orderId });
  print([
    ['order', saga.orderId],
    ['user', saga.userId],
    ['state', [stateOf(saga), saga.reason].filter(Boolean).join(' ')],
    ...(saga.dead ? [['dead because', saga.deadReason]] : []),
    ['placed', `${saga.createTime} (${distance(saga.createTime)})`],
    ['attempts', `${saga.retryCount} failed in a row, claimed ${saga.crashCount} times without an orderly end; due ${due(saga)}`],
    ['lease', `${saga.leaseOwner} epoch ${saga.leaseEpoch} until ${saga.leaseUntil}`],
    ['cart', saga.cartCleared ? 'cleared' : 'not cleared'],
    ['total', `${total.minorUnits} minor units ${total.currencyCode}`],
  ]);
  process.stdout.write('\n');
  print([
    ['', 'WALLET', 'CATALOG'],
    ['state', participant(hold), participant(reservation)],
    ['set aside', hold.amount, `${reservation.pieces} pieces`],
    ['taken', hold.captured, ''],
    ['returned', hold.refunded, ''],
  ]);
  process.stdout.write('\n');
  print([
    ['TIME', 'WHAT', 'STATE', 'WHO', 'NOTE'],
    ...events.map((/** @type {any} */ event) => [
      event.createTime, event.command || event.kind, event.state,
      event.operator || `${event.leaseOwner}#${event.leaseEpoch}`, event.note || event.reason,
    ]),
  ]);
}

/** @param {string} method @param {string} orderId @param {Record<string, any>} values @param {object} [more] */
function command(method, orderId, values, more = {}) {
  if (!values.note) refuse('--note TEXT must say why');
  const answer = call(method, {
    orderId, note: values.note, operator: values.as || process.env.SUDO_USER || userInfo().username, ...more,
  });
  process.stdout.write(`${answer.saga.orderId} is ${stateOf(answer.saga)}\n`);
  if (answer.applied === false) {
    process.stdout.write('Recorded. Somebody else must say the same within 24 hours.\n');
  }
}

function main() {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(border + 1),
    allowPositionals: true,
    options: {
      dead: { type: 'boolean' }, all: { type: 'boolean' }, state: { type: 'string' },
      'older-than': { type: 'string' }, note: { type: 'string' }, as: { type: 'string' },
    },
  });
  const [verb, orderId, direction] = positionals;
  if (verb === 'ls' && !orderId) return list(values);
  if (!orderId) refuse(verb ? `${verb} takes an ORDER` : 'what shall be done?');
  if (direction && verb !== 'resolve') refuse(`${direction} is one word too many`);
  if (verb === 'show') return show(orderId);
  if (verb === 'retry') return command('RetrySaga', orderId, values);
  if (verb === 'force-abort') return command('ForceAbortSaga', orderId, values);
  if (verb === 'resolve' && direction === 'roll-forward') {
    return command('ResolveSaga', orderId, values, { direction: 'ROLL_FORWARD' });
  }
  return refuse(verb === 'resolve' ? 'the only direction is roll-forward' : `there is no ${verb}`);
}

try {
  main();
} catch (error) {
  refuse(/** @type {Error} */ (error).message);
}
