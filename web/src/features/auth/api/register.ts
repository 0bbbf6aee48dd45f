import type { Credentials } from './login';
import { post } from '@/lib/api-client';
import type { LoginResponse } from '@/types/api';

export interface Registration extends Credentials {
  displayName: string;
}

export function register(registration: Registration): Promise<LoginResponse> {
  return post('/api/auth/register', registration, { anonymous: true });
}
