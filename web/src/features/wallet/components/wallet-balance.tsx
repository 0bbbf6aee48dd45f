import { Link } from 'react-router';

import { useWallet } from '../wallet-context';
import { WalletIcon } from '@/components/ui/icons';
import { Price } from '@/components/ui/price';
import { paths } from '@/config/paths';

/** In the header: what can be spent. */
export function WalletBalance() {
  const { wallet } = useWallet();
  return (
    <Link
      to={paths.wallet}
      className="flex min-h-11 items-center gap-2 rounded-full px-2 hover:bg-sunken sm:px-3"
    >
      <WalletIcon className="size-6" />
      <span className="sr-only">Wallet, available: </span>
      {wallet ? (
        <Price money={wallet.available} className="text-sm font-semibold max-sm:sr-only" />
      ) : (
        <span className="skeleton h-4 w-16 rounded max-sm:hidden" />
      )}
    </Link>
  );
}
