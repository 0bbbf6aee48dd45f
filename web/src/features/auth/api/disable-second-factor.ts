import { post } from '@/lib/api-client';

/** What somebody who is signed in gives once more. */
export interface Proof {
  currentPassword: string;
  code: string;
}

export async function disableSecondFactor(proof: Proof): Promise<void> {
  await post('/api/auth/second-factor/disable', proof);
}
