import { get } from '@/lib/api-client';
import type { User } from '@/types/api';

export async function getCurrentUser(): Promise<User | undefined> {
  return (await get<{ user?: User }>('/api/auth/me')).user;
}
