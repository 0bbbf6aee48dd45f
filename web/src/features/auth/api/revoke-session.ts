import { call } from '@/lib/api-client';

export async function revokeSession(id: string): Promise<void> {
  await call({ method: 'DELETE', url: `/api/auth/sessions/${encodeURIComponent(id)}` });
}
