import { Link, NavLink } from 'react-router';

import { AccountMenu } from './account-menu';
import { ThemeSwitch } from './theme-switch';
import { paths } from '@/config/paths';
import { useSession } from '@/features/auth/session-context';
import { ShoppingCartIcon } from '@/features/cart/components/shopping-cart-icon';
import { SearchBar } from '@/features/catalog/components/search-bar';
import { WalletBalance } from '@/features/wallet/components/wallet-balance';

export function Header() {
  const { user } = useSession();
  return (
    <header className="sticky top-0 z-30 border-b border-line bg-ground/95 backdrop-blur">
      <div className="mx-auto grid max-w-7xl grid-cols-[auto_1fr_auto] items-center gap-x-3 gap-y-1 px-4 py-2 sm:px-6 lg:gap-x-6">
        <Link to={paths.home} className="flex min-h-11 items-center gap-2.5">
          <img src="/icon.svg" alt="" width="32" height="32" />
          <span className="font-display text-2xl font-semibold tracking-tight">Cartwright</span>
        </Link>
        <div className="flex items-center gap-4 max-md:order-3 max-md:col-span-3 max-md:pb-1">
          <nav aria-label="Main" className="max-lg:hidden">
            <NavLink
              to={paths.products}
              end
              className="rounded-control px-3 py-2 font-semibold hover:bg-sunken aria-[current]:text-accent"
            >
              Products
            </NavLink>
          </nav>
          <div className="w-full max-w-xl md:mx-auto">
            <SearchBar />
          </div>
        </div>
        <div className="flex items-center justify-end max-md:col-start-3">
          <ThemeSwitch className="flex max-sm:hidden" />
          {user && <WalletBalance />}
          <AccountMenu />
          <ShoppingCartIcon />
        </div>
      </div>
    </header>
  );
}
