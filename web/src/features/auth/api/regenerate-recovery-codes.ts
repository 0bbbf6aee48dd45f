import type { Proof } from './disable-second-factor';
import { post } from '@/lib/api-client';

export async function regenerateRecoveryCodes(proof: Proof): Promise<string[]> {
  const { recoveryCodes } = await post<{ recoveryCodes: string[] }>(
    '/api/auth/second-factor/recovery-codes',
    proof,
  );
  return recoveryCodes;
}
