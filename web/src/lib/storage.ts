// Local storage that may be blocked, full or edited by hand: reading gives what is well formed, and
// failing to write is no error. Never for tokens.

export function readStored(key: string): unknown {
  try {
    const text = localStorage.getItem(key);
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** False when it could not be kept. `undefined` removes it. */
export function writeStored(key: string, value: unknown): boolean {
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

export const storageKeys = {
  theme: 'cartwright.theme',
  /** That somebody has signed in here; not who, and no token. */
  signedIn: 'cartwright.signed-in',
  /** The key of a refresh whose answer is open; good for nothing without the cookie. */
  refreshAttempt: 'cartwright.refresh-attempt',
  /** Where to go on after a sign-in with a provider; a path. */
  returnTo: 'cartwright.return-to',
  guestCart: 'cartwright.guest-cart',
  mergeAttempt: 'cartwright.merge-attempt',
  /** The beginning of a name; what the attempt is for follows. */
  attempts: 'cartwright.attempts',
  /** The cart that was ordered here last, and the order. */
  ordered: 'cartwright.ordered',
  address: 'cartwright.address',
} as const;
