import { Link } from 'react-router';

import { ThemeSwitch } from './theme-switch';
import { paths } from '@/config/paths';

const link = 'inline-block py-1 hover:text-accent hover:underline';

export function Footer() {
  return (
    <footer className="mt-20 border-t border-line bg-sunken">
      <div className="mx-auto grid max-w-7xl grid-cols-2 gap-8 px-4 py-10 sm:grid-cols-[2fr_1fr_1fr] sm:px-6">
        <div className="relative max-sm:col-span-2">
          {/* Where the header has no room for it. */}
          <ThemeSwitch className="absolute -top-2 right-0 flex sm:hidden" />
          <p className="font-display text-xl">Cartwright</p>
          <p className="mt-2 max-w-sm text-soft">
            A demonstration shop. Its products are made up, its money too; its care with both is
            real.
          </p>
        </div>
        <nav aria-label="Shop">
          <p className="font-semibold">Shop</p>
          <ul className="mt-1 text-soft">
            <li>
              <Link to={paths.products} className={link}>
                All products
              </Link>
            </li>
            <li>
              <Link to={`${paths.products}?sort=newest`} className={link}>
                New arrivals
              </Link>
            </li>
            <li>
              <Link to={paths.cart} className={link}>
                Cart
              </Link>
            </li>
          </ul>
        </nav>
        <nav aria-label="Yours">
          <p className="font-semibold">Yours</p>
          <ul className="mt-1 text-soft">
            <li>
              <Link to={paths.orders} className={link}>
                Orders
              </Link>
            </li>
            <li>
              <Link to={paths.wallet} className={link}>
                Wallet
              </Link>
            </li>
            <li>
              <Link to={paths.account} className={link}>
                Account
              </Link>
            </li>
          </ul>
        </nav>
      </div>
    </footer>
  );
}
