import { get } from '@/lib/api-client';
import { useQuery } from '@/lib/use-query';
import type { Session } from '@/types/api';

export const sessionsKey = 'user/sessions';

export async function listSessions(): Promise<Session[]> {
  return (await get<{ sessions: Session[] }>('/api/auth/sessions')).sessions;
}

export function useSessions() {
  return useQuery(sessionsKey, listSessions);
}
