import { useEffect } from 'react';

import { useUser } from '../layout/use-user';
import { PageHeading } from '@/components/ui/page-heading';
import { DepositForm } from '@/features/wallet/components/deposit-form';
import { TransactionList } from '@/features/wallet/components/transaction-list';
import { WalletView } from '@/features/wallet/components/wallet-view';
import { useWallet } from '@/features/wallet/wallet-context';

export function Component() {
  const user = useUser();
  const { wallet, reload } = useWallet();
  useEffect(() => {
    void reload();
    // At arrival: the balance may have changed on another device.
  }, [reload]);
  return (
    <>
      <PageHeading title="Your wallet" />
      <div className="grid grid-cols-1 gap-8 lg:grid-cols-[minmax(0,1fr)_22rem] lg:gap-12">
        <WalletView />
        <section
          aria-labelledby="deposit"
          className="self-start lg:row-span-2 rounded-card border border-line bg-surface p-5 shadow-card  sm:p-6"
        >
          <h2 id="deposit" className="mb-4 text-xl">
            Add money
          </h2>
          <DepositForm userId={user.id} currencyCode={wallet?.balance?.currencyCode ?? 'EUR'} />
        </section>
        <section aria-labelledby="history">
          <h2 id="history" className="mb-2 text-2xl">
            History
          </h2>
          <TransactionList />
        </section>
      </div>
    </>
  );
}
