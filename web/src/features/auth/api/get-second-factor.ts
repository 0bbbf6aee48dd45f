import { get } from '@/lib/api-client';
import { useQuery } from '@/lib/use-query';
import type { SecondFactor } from '@/types/api';

export const secondFactorKey = 'user/second-factor';

export function getSecondFactor(): Promise<SecondFactor> {
  return get('/api/auth/second-factor');
}

export function useSecondFactor() {
  return useQuery(secondFactorKey, getSecondFactor);
}
