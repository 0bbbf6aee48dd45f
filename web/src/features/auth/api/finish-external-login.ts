import { post } from '@/lib/api-client';
import type { LoginResponse } from '@/types/api';

/** What a provider says when it sends the browser back. */
export interface ProviderAnswer {
  /** From the address that the browser came back to. */
  provider: string;
  code: string;
  state: string;
  issuer: string;
}

export function finishExternalLogin(answer: ProviderAnswer): Promise<LoginResponse> {
  return post('/api/auth/providers/finish', answer, { anonymous: true });
}
