import { post } from '@/lib/api-client';
import type { LoginResponse } from '@/types/api';

export interface Credentials {
  email: string;
  password: string;
}

export function login(credentials: Credentials): Promise<LoginResponse> {
  return post('/api/auth/login', credentials, { anonymous: true });
}
