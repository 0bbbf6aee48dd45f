import { get } from '@/lib/api-client';
import { useQuery } from '@/lib/use-query';
import type { IdentityProvider } from '@/types/api';

export async function listIdentityProviders(): Promise<IdentityProvider[]> {
  const options = { anonymous: true };
  return (await get<{ providers: IdentityProvider[] }>('/api/auth/providers', undefined, options))
    .providers;
}

export function useIdentityProviders() {
  return useQuery('identity-providers', listIdentityProviders);
}
