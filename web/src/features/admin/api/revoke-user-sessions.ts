import { call } from '@/lib/api-client';

/** Ends all sessions of somebody; how many. */
export async function revokeUserSessions(userId: string): Promise<number> {
  const { body } = await call<{ revoked: number }>({
    method: 'DELETE',
    url: `/api/admin/users/${encodeURIComponent(userId)}/sessions`,
  });
  return body.revoked;
}
