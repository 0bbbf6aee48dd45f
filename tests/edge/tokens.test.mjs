// Access tokens: every known way to make one that is not good, each of which must be a 401 that says no
// more than any other does. The last table shows that the good ones are taken.

import assert from 'node:assert/strict';
import { randomBytes, randomUUID, sign } from 'node:crypto';
import { Forger, encode } from './forge.mjs';
import { bearer, person } from './people.mjs';
import { field, table } from './table.mjs';
import { get } from './wire.mjs';

const forge = await Forger.make(person.token);
const { header, claims, signature } = forge.parts;
const now = Math.floor(Date.now() / 1000);
const target = '/api/auth/me';
/** @param {string} token */
const ask = (token) => get(target, [bearer(token)]);

const invalid = '401 TOKEN_INVALID open';
/** @type {string | undefined} */
let firstBody;
/** All refusals read the same, but for their ids. @param {import('./wire.mjs').Reply} reply */
const tellsNothing = (reply) => {
  const { requestId, traceId, ...rest } = reply.json;
  assert.ok(requestId && traceId);
  firstBody ??= JSON.stringify(rest);
  assert.equal(JSON.stringify(rest), firstBody);
  assert.match(field(reply, 'www-authenticate') ?? '', /error="invalid_token"/);
};
/** @param {string} name @param {string} token @returns {import('./table.mjs').Row} */
const refused = (name, token) => [name, ask(token), invalid, tellsNothing];

const missing = '401 TOKEN_MISSING open';
/** @param {import('./wire.mjs').Reply} reply */
const noError = (reply) => assert.doesNotMatch(field(reply, 'www-authenticate') ?? '', /error/);
table('there is no token', [
  ['no header', get(target), missing, noError],
  ['an empty header', get(target, ['Authorization:']), missing, noError],
  ['the scheme alone', get(target, ['Authorization: Bearer']), missing],
  ['the scheme and white space', get(target, ['Authorization: Bearer   ']), missing],
  ['another scheme', get(target, ['Authorization: Basic dXNlcjpwYXNzd29yZA==']), missing],
  ['the token alone', get(target, [`Authorization: ${person.token}`]), missing],
  ['a scheme that only begins so', get(target, [`Authorization: BearerX ${person.token}`]), missing],
  ['a colon after the scheme', get(target, [`Authorization: Bearer: ${person.token}`]), missing],
  ['in a cookie', get(target, [`Cookie: access_token=${person.token}; token=${person.token}`]), missing],
  ['in another header', get(target, [`X-Authorization: Bearer ${person.token}`, `X-Access-Token: ${person.token}`]), missing],
  ['in a header with an underscore', get(target, [`Authorization_: Bearer ${person.token}`]), missing],
  ['for a proxy', get(target, [`Proxy-Authorization: Bearer ${person.token}`]), missing],
]);

table('it is not three parts of base64url', [
  refused('a word', 'abc'),
  refused('one part', header),
  refused('two parts', `${header}.${claims}`),
  refused('an empty signature', `${header}.${claims}.`),
  refused('four parts', `${person.token}.${signature}`),
  refused('a point after', `${person.token}.`),
  refused('a point before', `.${person.token}`),
  refused('five parts', forge.encrypted()),
  refused('empty parts', '..'),
  refused('an empty header', `.${claims}.${signature}`),
  refused('empty claims', `${header}..${signature}`),
  refused('padding on the header', `${header}=.${claims}.${signature}`),
  refused('padding on the signature', `${person.token}==`),
  refused('padding on the claims', `${header}.${claims}=.${signature}`),
  refused('the other alphabet', `${header}.${claims}.${signature.slice(0, -3)}+/A`),
  refused('white space within', `${header}.${claims} .${signature}`),
  refused('a tab within', `${header}.\t${claims}.${signature}`),
  refused('a quote around', `"${person.token}"`),
  refused('a word after', `${person.token} x`),
  refused('two tokens', `${person.token} ${person.token}`),
  refused('two tokens with a comma', `${person.token},${person.token}`),
  refused('a parameter after', `${person.token}; x=y`),
  refused('an escape', person.token.replace('.', '%2E')),
  refused('5 KB', `${header}.${'a'.repeat(5000)}.${signature}`),
  refused('4,097 bytes', 'a'.repeat(4097)),
  ['two headers', get(target, [person.auth, person.auth]), invalid],
  ['two headers, the second good', get(target, ['Authorization: Bearer x', person.auth]), invalid],
  ['two headers, one of another scheme', get(target, ['Authorization: Basic eDp5', person.auth]), invalid],
]);

const flipped = Buffer.from(signature, 'base64url');
flipped[10] ^= 1;
const content = `${header}.${claims}`;
const der = sign('sha256', Buffer.from(content), forge.key);
table('its signature is not that of the key', [
  refused('one bit', `${content}.${encode(flipped)}`),
  refused('none at all', `${content}.${encode(Buffer.alloc(0))}`),
  refused('zeros', `${content}.${encode(Buffer.alloc(64))}`),
  refused('r is zero', `${content}.${encode(Buffer.concat([Buffer.alloc(32), flipped.subarray(32)]))}`),
  refused('s is zero', `${content}.${encode(Buffer.concat([flipped.subarray(0, 32), Buffer.alloc(32)]))}`),
  refused('ones', `${content}.${encode(Buffer.alloc(64, 0xff))}`),
  refused('63 bytes', `${content}.${encode(Buffer.from(signature, 'base64url').subarray(0, 63))}`),
  refused('65 bytes', `${content}.${encode(Buffer.concat([Buffer.from(signature, 'base64url'), Buffer.alloc(1)]))}`),
  refused('in DER', `${content}.${encode(der)}`),
  refused('random', `${content}.${encode(randomBytes(64))}`),
  refused('of another key', forge.signed({}, {}, forge.stranger.privateKey)),
  refused('of other claims', `${header}.${encode(JSON.stringify({ ...forge.claims, sub: randomUUID() }))}.${signature}`),
  refused('of other roles', `${header}.${encode(JSON.stringify({ ...forge.claims, roles: ['admin'] }))}.${signature}`),
  refused('of another header', `${encode(JSON.stringify({ ...forge.header, x: 1 }))}.${claims}.${signature}`),
  refused('a letter more in the claims', `${header}.${claims}A.${signature}`),
]);

table('its algorithm is not the one of the key', [
  refused('none', forge.unsigned('none')),
  refused('None', forge.unsigned('None')),
  refused('NONE', forge.unsigned('NONE')),
  refused('nOnE', forge.unsigned('nOnE')),
  refused('none with the old signature', forge.unsigned('none', signature)),
  refused('an empty one', forge.unsigned('', signature)),
  refused('HS256 with the public key as PEM', forge.hmac('pem')),
  refused('HS256 with the public key as DER', forge.hmac('der')),
  ...['HS384', 'HS512', 'RS256', 'RS512', 'PS256', 'ES384', 'ES512', 'ES256K', 'EdDSA', 'es256', 'ES256 ', 'A128KW'].map((alg) =>
    refused(JSON.stringify(alg), forge.signed({ alg }, {}))),
  refused('none is named', forge.signed({ alg: undefined }, {})),
  refused('a number', forge.signed({ alg: 256 }, {})),
  refused('null', forge.signed({ alg: null }, {})),
  refused('a list', forge.signed({ alg: ['ES256'] }, {})),
]);

const kids = ['', 'unknown', '../../../../dev/null', '/dev/null', "' OR '1'='1", "x' UNION SELECT 'key", 'a'.repeat(65),
  `${forge.kid}\0`, ` ${forge.kid}`, `${forge.kid} `, forge.kid.toLowerCase(), 'http://evil.example/key', '%2e%2e', '*',
  '| sleep 10', '\u00e4', forge.kid.slice(0, -1)];
const jwk = forge.stranger.publicKey.export({ format: 'jwk' });
table('its header leads elsewhere', [
  ...kids.map((kid) => refused(`kid ${JSON.stringify(kid)}`, forge.signed({ kid }, {}))),
  refused('no kid', forge.signed({ kid: undefined }, {})),
  refused('a kid that is a number', forge.signed({ kid: 1 }, {})),
  refused('a kid that is a list', forge.signed({ kid: [forge.kid] }, {})),
  refused('a kid that is null', forge.signed({ kid: null }, {})),
  refused('its own key', forge.signed({ jwk }, {}, forge.stranger.privateKey)),
  refused('its own key and no kid', forge.signed({ jwk, kid: undefined }, {}, forge.stranger.privateKey)),
  refused('the address of its key', forge.signed({ jku: 'http://evil.example/jwks.json', kid: 'evil' }, {}, forge.stranger.privateKey)),
  refused('the address of a certificate', forge.signed({ x5u: 'http://evil.example/c.pem', kid: 'evil' }, {}, forge.stranger.privateKey)),
  refused('a certificate', forge.signed({ x5c: ['MIIB'], kid: 'evil' }, {}, forge.stranger.privateKey)),
  refused('crit', forge.signed({ crit: ['exp'] }, {})),
  refused('crit, empty', forge.signed({ crit: [] }, {})),
  refused('crit and b64', forge.signed({ crit: ['b64'], b64: false }, {})),
  refused('typ JWT', forge.signed({ typ: 'JWT' }, {})),
  refused('typ of a refresh token', forge.signed({ typ: 'rt+jwt' }, {})),
  refused('typ in capitals', forge.signed({ typ: 'AT+JWT' }, {})),
  refused('no typ', forge.signed({ typ: undefined }, {})),
  refused('a member twice', forge.signedText(`{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"${forge.kid}"}`, JSON.stringify(forge.claims))),
  refused('not an object', forge.signedText('[]', JSON.stringify(forge.claims))),
  refused('not JSON', forge.signedText('{alg:ES256}', JSON.stringify(forge.claims))),
  refused('something after the JSON', forge.signedText(`${JSON.stringify(forge.header)} x`, JSON.stringify(forge.claims))),
  refused('a byte order mark', forge.signedText(`\ufeff${JSON.stringify(forge.header)}`, JSON.stringify(forge.claims))),
  refused('deep nesting', forge.signedText(`{"a":${'['.repeat(100)}${']'.repeat(100)}}`, JSON.stringify(forge.claims))),
]);

/** @param {string} name @param {object} changed */
const claim = (name, changed) => refused(name, forge.signed({}, changed));
table('one of its claims is wrong, though the key signed it', [
  claim('another issuer', { iss: 'https://evil.example' }),
  claim('the issuer with a slash', { iss: `${forge.claims.iss}/` }),
  claim('the issuer in capitals', { iss: forge.claims.iss.toUpperCase() }),
  claim('no issuer', { iss: undefined }),
  claim('a list of issuers', { iss: [forge.claims.iss] }),
  claim('another audience', { aud: 'another' }),
  claim('an audience that only begins so', { aud: 'cartwright2' }),
  claim('the audience in capitals', { aud: 'CARTWRIGHT' }),
  claim('no audience', { aud: undefined }),
  claim('an empty list of audiences', { aud: [] }),
  claim('a list of others', { aud: ['a', 'b'] }),
  claim('an audience that is an object', { aud: { cartwright: true } }),
  claim('a list with a number', { aud: ['cartwright', 1] }),
  claim('no expiry', { exp: undefined }),
  claim('an expiry that is text', { exp: String(now + 600) }),
  claim('an expiry with a fraction', { exp: now + 600.5 }),
  claim('an expiry that is null', { exp: null }),
  claim('an expiry before its time', { exp: -1 }),
  claim('a life of a year', { exp: now + 365 * 86_400 }),
  claim('an expiry before the issue', { iat: now, exp: now - 10 }),
  claim('issued in an hour', { iat: now + 3600, exp: now + 7200 }),
  claim('no issue time', { iat: undefined }),
  claim('an issue time that is text', { iat: String(now) }),
  claim('not before an hour', { nbf: now + 3600 }),
  claim('a not-before that is text', { nbf: 'now' }),
  claim('no subject', { sub: undefined }),
  claim('an empty subject', { sub: '' }),
  claim('a subject that is a number', { sub: 1 }),
  claim('a subject that is a list', { sub: [person.id] }),
  claim('a subject of 129 characters', { sub: 'a'.repeat(129) }),
  claim('roles that are text', { roles: 'admin' }),
  claim('a role that is a number', { roles: [1] }),
  claim('a session that is a number', { sid: 1 }),
  refused('a claim twice', forge.signedText(JSON.stringify(forge.header),
    JSON.stringify(forge.claims).replace('{', `{"sub":"${randomUUID()}",`))),
  refused('claims that are a list', forge.signedText(JSON.stringify(forge.header), '[]')),
  refused('claims that are not UTF-8', forge.signedText(JSON.stringify(forge.header), Buffer.from('{"sub":"\xff"}', 'latin1'))),
  ['a past expiry has a reason of its own', ask(forge.signed({}, { iat: now - 700, exp: now - 100 })), '401 TOKEN_EXPIRED open', (reply) =>
    assert.match(field(reply, 'www-authenticate') ?? '', /error="invalid_token"/)],
]);

table('a good token', [
  ['as it was issued', ask(person.token), '200 open', (reply) => assert.equal(reply.json.user.id, person.id)],
  ['the scheme in small letters', get(target, [`Authorization: bearer ${person.token}`]), '200'],
  ['the scheme in capitals', get(target, [`AUTHORIZATION: BEARER ${person.token}`]), '200'],
  ['more spaces after the scheme', get(target, [`Authorization: Bearer   ${person.token}`]), '200'],
  ['signed by hand', ask(forge.signed({}, {})), '200'],
  ['one audience among others', ask(forge.signed({}, { aud: ['other', 'cartwright'] })), '200'],
  ['a clock that is 20 seconds off', ask(forge.signed({}, { iat: now + 20, exp: now + 500 })), '200'],
  ['expired 20 seconds ago', ask(forge.signed({}, { iat: now - 500, exp: now - 10 })), '200'],
  ['not before a moment ago', ask(forge.signed({}, { nbf: now - 1 })), '200'],
  ['a claim that nobody knows', ask(forge.signed({}, { x: { y: 1 } })), '200'],
  ['it is ignored where anyone may ask', get('/api/categories', [bearer('garbage')]), '200'],
  ['two are ignored there, too', get('/api/categories', [bearer('a'), bearer('b')]), '200'],
  ['a shopper is no administrator', get('/api/admin/sagas', [person.auth]), '403 INSUFFICIENT_SCOPE open', (reply) =>
    assert.match(field(reply, 'www-authenticate') ?? '', /error="insufficient_scope"/)],
  ['an administrator is', get('/api/admin/sagas', [bearer(forge.signed({}, { roles: ['admin'] }))]), '200'],
  ['a role that only begins so is not', get('/api/admin/sagas', [bearer(forge.signed({}, { roles: ['administrator'] }))]), '403'],
]);
