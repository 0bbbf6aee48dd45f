import type { ReactNode } from 'react';

import { ToastProvider } from '@/components/ui/toasts';
import { useSession } from '@/features/auth/session-context';
import { SessionProvider } from '@/features/auth/session-provider';
import { CartProvider } from '@/features/cart/cart-provider';
import { getProduct } from '@/features/catalog/api/get-product';
import { WalletProvider } from '@/features/wallet/wallet-provider';

/** Everything that pages share. Features do not know each other: they are put together here. */
export function AppProvider({ children }: { children: ReactNode }) {
  return (
    <ToastProvider>
      <SessionProvider>
        <UserProviders>{children}</UserProviders>
      </SessionProvider>
    </ToastProvider>
  );
}

function UserProviders({ children }: { children: ReactNode }) {
  const { user, status } = useSession();
  return (
    <WalletProvider userId={user?.id}>
      <CartProvider userId={user?.id} isRestoring={status === 'restoring'} lookUp={getProduct}>
        {children}
      </CartProvider>
    </WalletProvider>
  );
}
