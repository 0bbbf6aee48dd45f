import { Suspense } from 'react';
import { Outlet, ScrollRestoration, useLocation, useNavigation } from 'react-router';

import { Footer } from './footer';
import { Header } from './header';
import { PageSpinner } from './page-spinner';
import { Notice } from '@/components/ui/notice';
import { paths } from '@/config/paths';
import { useSession } from '@/features/auth/session-context';
import { MergeNotice } from '@/features/cart/components/merge-notice';
import { OpenPaymentNotice } from '@/features/checkout/components/open-payment-notice';
import { useOnline } from '@/lib/use-online';

export function MainLayout() {
  const { pathname } = useLocation();
  const { user } = useSession();
  const isOnline = useOnline();
  const isLoadingPage = useNavigation().state === 'loading';
  return (
    <>
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-control focus:bg-accent focus:px-4 focus:py-2 focus:text-accent-ink"
      >
        Skip to the content
      </a>
      {isLoadingPage && (
        <div
          aria-hidden="true"
          className="fixed inset-x-0 top-0 z-50 h-0.5 animate-pulse bg-accent"
        />
      )}
      <Header />
      {/* So high that the footer begins below the screen: what comes late does not push it about. */}
      <main
        id="main"
        tabIndex={-1}
        className="mx-auto min-h-[calc(100lvh-5rem)] max-w-7xl px-4 pt-6 sm:px-6 sm:pt-8"
      >
        {!isOnline && (
          <Notice tone="warning" title="You are offline" className="mb-6">
            You see what was loaded before. It goes on when the connection is back.
          </Notice>
        )}
        <MergeNotice />
        {user && pathname !== paths.checkout && <OpenPaymentNotice userId={user.id} />}
        <Suspense fallback={<PageSpinner />}>
          <Outlet />
        </Suspense>
      </main>
      <Footer />
      <ScrollRestoration />
    </>
  );
}
