import { post } from '@/lib/api-client';

/** Ends the session of the cookie. */
export async function logout(): Promise<void> {
  await post('/api/auth/logout', {}, { anonymous: true });
}
