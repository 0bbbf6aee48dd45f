// The deadline that a client may set: it only shortens the route's, and what is none is refused with its name.

import { person } from './people.mjs';
import { table } from './table.mjs';
import { get } from './wire.mjs';

/** @typedef {import('./table.mjs').Row} Row */
const names = ['Request-Timeout', 'grpc-timeout'];
/** A nanosecond is over before any service can answer. */
const none = 'grpc-timeout: 1n';
const over = '504 DEADLINE_EXCEEDED open';

table('what is no deadline is a 400', [
  ...['', '0', '-1', '+1', '1.5', '1e3', '0x10', '1 000', '100000000', 'x', '1, 2', '\xb2'].map(
    (text) => /** @type {Row} */ ([`Request-Timeout: ${text}`, get('/api/categories', [`Request-Timeout: ${text}`]), '400 INVALID_FIELD open'])),
  ...['', 'S', '1', '0S', '1s', '1h', '1x', '-1S', '+1S', '1.5S', '1 S', '1SS', 'S1', '123456789S', '99999999999999999999n'].map(
    (text) => /** @type {Row} */ ([`grpc-timeout: ${text}`, get('/api/categories', [`grpc-timeout: ${text}`]), '400 INVALID_FIELD open'])),
  ...names.flatMap((name) => /** @type {Row[]} */ ([
    [`two of ${name}`, get('/api/categories', [`${name}: 1000m`, `${name}: 1000m`]), '400 INVALID_FIELD open'],
    [`${name} on a user's route`, person.get('/api/cart', [`${name}: never`]), '400 INVALID_FIELD open'],
    [`${name} on a stream`, person.get('/api/orders/nothing/events', [`${name}: never`]), '400 INVALID_FIELD open'],
    [`${name} after the token`, get('/api/cart', [`${name}: never`]), '401 TOKEN_MISSING open'],
    [`${name} on no route`, get('/api/nowhere', [`${name}: never`]), '404 ROUTE_NOT_FOUND open'],
  ])),
]);

table('a client may wait for less, never for more', [
  ['milliseconds', get('/api/categories', ['Request-Timeout: 30000']), '200 open'],
  ['with white space around', get('/api/categories', ['Request-Timeout:  30000 ']), '200 open'],
  ['the most of them', get('/api/categories', ['Request-Timeout: 99999999']), '200 open'],
  ...['H', 'M', 'S'].map((unit) => /** @type {Row} */ ([`30${unit}`, get('/api/categories', [`grpc-timeout: 30${unit}`]), '200 open'])),
  ['the most hours', get('/api/categories', ['grpc-timeout: 99999999H']), '200 open'],
  ['microseconds enough', get('/api/categories', ['grpc-timeout: 30000000u']), '200 open'],
  ['a nanosecond for a read', person.get('/api/cart', [none]), over],
  ['a nanosecond for what a cache has', get('/api/categories', [none]), over],
  ['a nanosecond for a stream', person.get('/api/orders/nothing/events', [none]), over],
  ['the shorter of both counts', person.get('/api/cart', ['Request-Timeout: 30000', none]), over],
  ['a file has none', get('/index.html', [none]), '200 open'],
]);
