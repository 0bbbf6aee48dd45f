import { call } from '@/lib/api-client';

/** Ends all sessions but this one; how many. */
export async function revokeOtherSessions(): Promise<number> {
  const { body } = await call<{ revoked: number }>({
    method: 'DELETE',
    url: '/api/auth/sessions',
  });
  return body.revoked;
}
