import { post } from '@/lib/api-client';

export interface PasswordChange {
  currentPassword: string;
  newPassword: string;
  /** Of an account with a second factor. */
  code?: string;
}

export async function changePassword(change: PasswordChange): Promise<void> {
  await post('/api/auth/password', change);
}
