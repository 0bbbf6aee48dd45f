import { post } from '@/lib/api-client';

/** The provider's page, where the browser goes on. */
export async function startExternalLogin(provider: string): Promise<string> {
  const url = `/api/auth/providers/${encodeURIComponent(provider)}/start`;
  return (await post<{ authorizationUrl: string }>(url, {}, { anonymous: true })).authorizationUrl;
}
