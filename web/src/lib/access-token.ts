// The access token, in this tab's memory and nowhere else: what is in storage can be stolen by any
// script that gets to run once.

interface AccessToken {
  value: string;
  /** By this tab's monotonic clock, which nobody can set back. */
  expiresAtMs: number;
}

let current: AccessToken | undefined;

export function setAccessToken(value: string, expiresInS: number): void {
  current = { value, expiresAtMs: performance.now() + expiresInS * 1000 };
}

export function clearAccessToken(): void {
  current = undefined;
}

export function accessToken(): string | undefined {
  return current?.value;
}

/** True when there is one and it is good for less than `marginMs`. */
export function accessTokenExpires(marginMs: number): boolean {
  return current !== undefined && current.expiresAtMs - performance.now() < marginMs;
}
