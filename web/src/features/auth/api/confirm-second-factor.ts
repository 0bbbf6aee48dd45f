import { post } from '@/lib/api-client';

/** Turns the factor on; its recovery codes, which are never shown again. */
export async function confirmSecondFactor(code: string): Promise<string[]> {
  const { recoveryCodes } = await post<{ recoveryCodes: string[] }>(
    '/api/auth/second-factor/confirm',
    { code },
  );
  return recoveryCodes;
}
