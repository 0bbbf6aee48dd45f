import { useEffect, useRef } from 'react';
import { Link, useLocation } from 'react-router';

import { UserIcon } from '@/components/ui/icons';
import { useToast } from '@/components/ui/toasts';
import { paths } from '@/config/paths';
import { useSession } from '@/features/auth/session-context';
import { toApiError } from '@/lib/api-error';
import { explainOnce } from '@/lib/messages';

const item = 'block w-full rounded-control px-3 py-2 text-left hover:bg-sunken';

/** Sign in for a guest; for a user, the pages of their own. */
export function AccountMenu() {
  const { status, user } = useSession();
  const location = useLocation();
  if (status === 'restoring') {
    return (
      <span className="flex size-11 items-center justify-center">
        <UserIcon className="size-6 opacity-40" />
      </span>
    );
  }
  if (!user) {
    return (
      <Link
        to={paths.login}
        state={{ from: `${location.pathname}${location.search}` }}
        className="flex min-h-11 items-center gap-2 rounded-full px-2 font-semibold hover:bg-sunken sm:px-3"
      >
        <UserIcon className="size-6" />
        <span className="max-sm:sr-only">Sign in</span>
      </Link>
    );
  }
  return <UserMenu name={user.displayName} isAdmin={user.roles.includes('admin')} />;
}

function UserMenu({ name, isAdmin }: { name: string; isAdmin: boolean }) {
  const { logout } = useSession();
  const toast = useToast();
  const menu = useRef<HTMLDetailsElement>(null);
  useClosing(menu);
  const signOut = async () => {
    try {
      await logout();
      toast({ tone: 'success', title: 'You are signed out' });
    } catch (thrown) {
      toast({ tone: 'danger', ...explainOnce(toApiError(thrown)) });
    }
  };
  return (
    <details ref={menu} className="relative">
      <summary className="flex size-11 list-none items-center justify-center rounded-full hover:bg-sunken [&::-webkit-details-marker]:hidden">
        <UserIcon className="size-6" />
        <span className="sr-only">Your account</span>
      </summary>
      <div className="absolute right-0 z-40 mt-2 w-60 animate-rise rounded-card border border-line bg-surface p-2 shadow-raised">
        <p className="truncate px-3 py-2 text-sm text-soft">Signed in as {name}</p>
        <Link to={paths.account} className={item}>
          Account
        </Link>
        <Link to={paths.orders} className={item}>
          Orders
        </Link>
        <Link to={paths.wallet} className={item}>
          Wallet
        </Link>
        {isAdmin && (
          <Link to={paths.admin} className={item}>
            Administration
          </Link>
        )}
        <button type="button" onClick={() => void signOut()} className={item}>
          Sign out
        </button>
      </div>
    </details>
  );
}

/** Closes on Escape, on a click elsewhere, and when a link in it was followed. */
function useClosing(menu: React.RefObject<HTMLDetailsElement | null>) {
  const { key } = useLocation();
  useEffect(() => {
    if (menu.current) menu.current.open = false;
  }, [menu, key]);
  useEffect(() => {
    const onClick = (event: MouseEvent) => {
      const element = menu.current;
      if (element?.open && !element.contains(event.target as Node)) element.open = false;
    };
    const onKey = (event: KeyboardEvent) => {
      const element = menu.current;
      if (event.key !== 'Escape' || !element?.open) return;
      element.open = false;
      element.querySelector('summary')?.focus();
    };
    document.addEventListener('click', onClick);
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('click', onClick);
      document.removeEventListener('keydown', onKey);
    };
  }, [menu]);
}
