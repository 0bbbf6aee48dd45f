import { post } from '@/lib/api-client';
import type { AuthorizationParameters } from '@/types/api';

/** Where the browser goes after what the user has said to an application. */
export async function authorize(
  parameters: AuthorizationParameters,
  approved: boolean,
): Promise<string> {
  const body = { parameters, approved };
  return (await post<{ redirectTo: string }>('/api/oauth/authorization', body)).redirectTo;
}
