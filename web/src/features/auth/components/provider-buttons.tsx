import { useIdentityProviders } from '../api/list-identity-providers';
import { startExternalLogin } from '../api/start-external-login';
import { Button } from '@/components/ui/button';
import { ErrorNotice } from '@/components/ui/notice';
import { leaveFor } from '@/lib/leave';
import { readStored, storageKeys, writeStored } from '@/lib/storage';
import { useSubmit } from '@/lib/use-submit';
import type { IdentityProvider } from '@/types/api';

/** Ways to sign in without a password of the shop, when there are any. `from`: where to return. */
export function ProviderButtons({ from }: { from: string }) {
  const { data } = useIdentityProviders();
  if (!data?.length) return null;
  return (
    <div className="mt-6 space-y-3 border-t border-line pt-6">
      {data.map((provider) => (
        <ProviderButton key={provider.id} provider={provider} from={from} />
      ))}
    </div>
  );
}

function ProviderButton({ provider, from }: { provider: IdentityProvider; from: string }) {
  const { run, isBusy, error } = useSubmit(async () => {
    const url = await startExternalLogin(provider.id);
    writeStored(storageKeys.returnTo, from);
    leaveFor(url);
  });
  return (
    <>
      {error && <ErrorNotice error={error} />}
      <Button
        variant="secondary"
        size="large"
        className="w-full"
        isBusy={isBusy}
        onClick={() => void run()}
      >
        Sign in with {provider.name}
      </Button>
    </>
  );
}

/** Where the sign-in with a provider began, once. */
export function takeReturnTo(): unknown {
  const from = readStored(storageKeys.returnTo);
  writeStored(storageKeys.returnTo, undefined);
  return from;
}
