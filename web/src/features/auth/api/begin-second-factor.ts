import { post } from '@/lib/api-client';
import type { NewSecondFactor } from '@/types/api';

export function beginSecondFactor(currentPassword: string): Promise<NewSecondFactor> {
  return post('/api/auth/second-factor/begin', { currentPassword });
}
