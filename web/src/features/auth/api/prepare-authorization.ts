import { post } from '@/lib/api-client';
import type { AuthorizationParameters, PrepareAuthorizationResponse } from '@/types/api';

/** Whether an application may ask people for what it asks. */
export function prepareAuthorization(
  parameters: AuthorizationParameters,
): Promise<PrepareAuthorizationResponse> {
  return post('/api/oauth/authorization/prepare', { parameters }, { anonymous: true });
}
