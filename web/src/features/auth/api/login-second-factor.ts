import { post } from '@/lib/api-client';
import type { LoginResponse } from '@/types/api';

export interface SecondStep {
  /** From the answer to the password. */
  challenge: string;
  code: string;
}

export function loginSecondFactor(step: SecondStep): Promise<LoginResponse> {
  return post('/api/auth/login/second-factor', step, { anonymous: true });
}
