import type { AuthorizationParameters } from '@/types/api';

// The names of RFC 6749 and OpenID Connect, and ours.
const names: Record<string, keyof AuthorizationParameters> = {
  client_id: 'clientId',
  redirect_uri: 'redirectUri',
  response_type: 'responseType',
  scope: 'scope',
  state: 'state',
  nonce: 'nonce',
  code_challenge: 'codeChallenge',
  code_challenge_method: 'codeChallengeMethod',
  prompt: 'prompt',
  response_mode: 'responseMode',
  max_age: 'maxAge',
  // Ours, which the page adds: when the application asked.
  asked: 'asked',
};

/**
 * An authorization request, without what nobody here knows. Undefined when something is in it twice:
 * then it means one thing to us and perhaps another to the application.
 */
export function authorizationParameters(
  query: URLSearchParams,
): AuthorizationParameters | undefined {
  const parameters: AuthorizationParameters = {};
  for (const [name, field] of Object.entries(names)) {
    const values = query.getAll(name);
    if (values.length > 1) return undefined;
    if (values[0] !== undefined) parameters[field] = values[0];
  }
  return parameters;
}
