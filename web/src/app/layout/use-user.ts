import { useSession } from '@/features/auth/session-context';
import type { User } from '@/types/api';

/** The signed-in user, on pages that require one. */
export function useUser(): User {
  const { user } = useSession();
  if (!user) throw new Error('this page is not behind require-user');
  return user;
}
