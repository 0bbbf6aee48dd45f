import { expect, test } from 'vitest';

import { authorizationParameters } from './authorization-parameters';

test('an authorization request has our names, and nothing that nobody knows', () => {
  const query = new URLSearchParams(
    'client_id=a&code_challenge_method=S256&state=x%20y&max_age=60&utm=1',
  );
  expect(authorizationParameters(query)).toEqual({
    clientId: 'a',
    codeChallengeMethod: 'S256',
    state: 'x y',
    maxAge: '60',
  });
});

test('a parameter that is there twice makes it none', () => {
  const query = new URLSearchParams('client_id=a&redirect_uri=https://a&redirect_uri=https://b');
  expect(authorizationParameters(query)).toBeUndefined();
});
