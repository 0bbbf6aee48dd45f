import { createBrowserRouter, type RouteObject } from 'react-router';

import { MainLayout } from './layout/main-layout';
import { RouteError } from './layout/route-error';
import type { PageHandle } from './page-handle';

const titled = (title: string): PageHandle => ({ title });

// Each page is a chunk of its own, loaded when it is first needed.
const routes: RouteObject[] = [
  {
    Component: MainLayout,
    ErrorBoundary: RouteError,
    children: [
      {
        // Below the layout, so that header and footer stay when a page fails.
        ErrorBoundary: RouteError,
        children: [
          { path: '/', lazy: () => import('./routes/home') },
          { path: '/products', lazy: () => import('./routes/product-list') },
          { path: '/products/:id', lazy: () => import('./routes/product') },
          { path: '/cart', lazy: () => import('./routes/cart') },
          { path: '/login', lazy: () => import('./routes/login') },
          { path: '/signed-in/:provider', lazy: () => import('./routes/signed-in') },
          { path: '/authorize', lazy: () => import('./routes/authorize') },
          { path: '/register', lazy: () => import('./routes/register') },
          {
            lazy: () => import('./layout/require-user'),
            children: [
              {
                path: '/checkout',
                handle: titled('Checkout'),
                lazy: () => import('./routes/checkout'),
              },
              {
                path: '/orders',
                handle: titled('Your orders'),
                lazy: () => import('./routes/orders'),
              },
              {
                path: '/orders/:id',
                handle: titled('Your order'),
                lazy: () => import('./routes/order'),
              },
              {
                path: '/wallet',
                handle: titled('Your wallet'),
                lazy: () => import('./routes/wallet'),
              },
              {
                path: '/account',
                handle: titled('Your account'),
                lazy: () => import('./routes/account'),
              },
              {
                path: '/admin',
                handle: titled('Administration'),
                lazy: () => import('./routes/admin/layout'),
                children: [
                  { index: true, lazy: () => import('./routes/admin/index') },
                  { path: 'products', lazy: () => import('./routes/admin/products') },
                  { path: 'products/new', lazy: () => import('./routes/admin/new-product') },
                  { path: 'products/:id', lazy: () => import('./routes/admin/product') },
                  { path: 'orders', lazy: () => import('./routes/admin/orders') },
                  { path: 'orders/:id', lazy: () => import('./routes/admin/order') },
                  { path: 'sagas', lazy: () => import('./routes/admin/sagas') },
                  { path: 'sagas/:orderId', lazy: () => import('./routes/admin/saga') },
                ],
              },
            ],
          },
          { path: '*', lazy: () => import('./routes/not-found') },
        ],
      },
    ],
  },
];

export type Router = ReturnType<typeof createBrowserRouter>;

/** Loads the page of the address at once. */
export const createRouter = (): Router => createBrowserRouter(routes);

/** Resolves when the first page can be shown, be it the one that says why it cannot. */
export function isReady(router: Router): Promise<void> {
  if (router.state.initialized) return Promise.resolve();
  return new Promise((resolve) => {
    const unsubscribe = router.subscribe(({ initialized }) => {
      if (!initialized) return;
      unsubscribe();
      resolve();
    });
  });
}
