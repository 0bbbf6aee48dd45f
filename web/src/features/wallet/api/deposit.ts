import { post } from '@/lib/api-client';
import type { Attempt } from '@/lib/attempts';
import type { DepositResponse, Money } from '@/types/api';

export function deposit({ key, body }: Attempt<{ amount: Money }>): Promise<DepositResponse> {
  return post('/api/wallet/deposit', body, { idempotencyKey: key });
}
