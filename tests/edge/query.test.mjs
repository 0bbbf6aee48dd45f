// Parameters of the query: names, values, and what a parameter cannot be.

import { randomUUID } from 'node:crypto';
import assert from 'node:assert/strict';
import { person } from './people.mjs';
import { table } from './table.mjs';
import { get } from './wire.mjs';

/** @param {string} query */
const products = (query) => get(`/api/products?${query}`);
/** @param {number} count */
const has = (count) => (/** @type {import('./wire.mjs').Reply} */ reply) => assert.equal(reply.json.products.length, count);
const unknown = '400 UNKNOWN_QUERY_PARAMETER open';
const size = '400 INVALID_FIELD field=pageSize';

table('names', [
  ['the JSON name', products('pageSize=1'), '200', has(1)],
  ['the proto name', products('page_size=1'), '200', has(1)],
  ['an escaped name', products('page%53ize=1'), '200', has(1)],
  ['both names', products('pageSize=1&page_size=1'), '400 INVALID_FIELD'],
  ['the wrong case', products('pagesize=1'), unknown],
  ['capitals', products('PAGESIZE=1'), unknown],
  ['an unknown one is named', products('colour=red'), `${unknown} field=colour`],
  ['an unknown one among known ones', products('pageSize=1&x=1&query=a'), `${unknown} field=x`],
  ['an unknown one without a value', products('x'), unknown],
  ['a name of nothing', products('=1'), unknown],
  ['a field of a scalar', products('pageSize.x=1'), unknown],
  ['a path of nothing', products('.=1'), unknown],
  ['a path that ends in a point', products('query.=1'), unknown],
  ['brackets, escaped', products('category%5B%5D=a'), unknown],
  ['an index, escaped', products('category%5B0%5D=a'), unknown],
  ['a map key, escaped', products('a%5Bb%5D=1'), unknown],
  ['a bound field', person.get(`/api/wallet?userId=${randomUUID()}`), unknown],
  ['a bound field by its proto name', person.get(`/api/wallet?user_id=${randomUUID()}`), unknown],
  ['a bound field of the session', person.get('/api/auth/sessions?sessionId=a'), unknown],
  ['a bound header', person.get(`/api/orders/${randomUUID()}/events?lastEventId=1`), unknown],
  ['a field of the path', get(`/api/products/${randomUUID()}?id=a`), unknown],
  ['where there are none', get('/api/categories?a=1'), unknown],
  ['of a tracker', get('/api/categories?utm_source=x'), unknown],
  ['a token', get(`/api/cart?access_token=${person.token}`), '401 TOKEN_MISSING'],
  ['a token, on a public path', get(`/api/categories?access_token=${person.token}`), unknown],
  ['a callback', products('callback=alert'), unknown],
  ['a format', products('alt=json'), unknown],
  ['of a file', get('/?utm_source=x'), '200'],
  ['a long unknown one is not repeated', products(`${'n'.repeat(3000)}=1`), unknown, (reply) =>
    assert.ok(reply.body.length < 1000)],
]);

table('numbers', [
  ['the least', products('pageSize=1'), '200', has(1)],
  ['the most', products('pageSize=100'), '200'],
  ['zero', products('pageSize=0'), size],
  ['over the most', products('pageSize=101'), size],
  ['less than none', products('pageSize=-1'), size],
  ['minus zero', products('pageSize=-0'), size],
  ['empty', products('pageSize='), size],
  ['nothing', products('pageSize'), size],
  ['a word', products('pageSize=ten'), size],
  ['a plus is a space', products('pageSize=+1'), size],
  ['an escaped plus', products('pageSize=%2B1'), size],
  ['a space', products('pageSize=%201'), size],
  ['a space after', products('pageSize=1%20'), size],
  ['a line break after', products('pageSize=1%0A'), size],
  ['a zero first', products('pageSize=01'), size],
  ['a fraction', products('pageSize=1.0'), size],
  ['an exponent', products('pageSize=1e1'), size],
  ['hexadecimal', products('pageSize=0x1'), size],
  ['a separator', products('pageSize=1,000'), size],
  ['other digits', products('pageSize=%D9%A1'), size],
  ['over 32 bits', products('pageSize=2147483648'), size],
  ['2^32 and 1: it must not wrap', products('pageSize=4294967297'), size],
  ['over 64 bits', products('pageSize=18446744073709551617'), size],
  ['a list', products('pageSize=1&pageSize=1'), size],
  ['64 bits', products('minPrice=0&maxPrice=9223372036854775807'), '200'],
  ['over 64 bits of 64', products('maxPrice=9223372036854775808'), '400 INVALID_FIELD field=maxPrice'],
  ['NaN', products('maxPrice=NaN'), '400 INVALID_FIELD field=maxPrice'],
]);

table('other values', [
  ['true', products('inStock=true'), '200'],
  ['false', products('inStock=false'), '200'],
  ['True', products('inStock=True'), '400 INVALID_FIELD field=inStock'],
  ['yes', products('inStock=yes'), '400 INVALID_FIELD field=inStock'],
  ['1', products('inStock=1'), '400 INVALID_FIELD field=inStock'],
  ['a flag without a value', products('inStock'), '400 INVALID_FIELD field=inStock'],
  ['a repeated field, twice', products('category=a&category=b'), '200', has(0)],
  ['a repeated field, with a bad value', products('category=a&category=B%20C'), '400 INVALID_FIELD'],
  ['a string, twice', products('query=a&query=b'), '400 INVALID_FIELD field=query'],
  ['a string, empty', products('query='), '200'],
  ['a plus is a space in a value', products('orderBy=price+desc'), '200'],
  ['so is %20', products('orderBy=price%20desc'), '200'],
  ['an escaped plus is none', products('orderBy=price%2Bdesc'), '400 INVALID_FIELD field=orderBy'],
  ['an order that there is not', products('orderBy=id'), '400 INVALID_FIELD field=orderBy'],
  ['SQL', products("query=%27;DROP%20TABLE%20product--"), '200'],
  ['SQL in an order', products("orderBy=price;select"), '400 INVALID_FIELD field=orderBy'],
  ['an equals sign in a value', products('query=a=b'), '200'],
  ['an escaped ampersand in a value', products('query=a%26pageSize=1'), '200'],
  ['a semicolon does not separate', products('query=a;pageSize=0'), '200'],
  ['empty parts', products('&&pageSize=1&&'), '200', has(1)],
  ['a question mark in a value', products('query=a?b'), '200'],
  ['UTF-8', products('query=%C3%A4'), '200'],
  ['a control character', products('query=%01'), '200'],
  ['a page token of nobody', products('pageToken=abc'), '400 PAGE_TOKEN_INVALID'],
  ['a page token with padding', products('pageToken=YWJj%3D%3D'), '400 PAGE_TOKEN_INVALID'],
  ['a page token that is too long', products(`pageToken=${'a'.repeat(1025)}`), '400 INVALID_FIELD field=pageToken'],
  ['several violations are all told', products('pageSize=x&inStock=y'), '400 INVALID_FIELD', (reply) =>
    assert.deepEqual(reply.json.violations.map((/** @type {any} */ v) => v.field), ['pageSize', 'inStock'])],
]);
