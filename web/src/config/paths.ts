// Every address of the storefront.

export const paths = {
  home: '/',
  products: '/products',
  product: (id: string) => `/products/${encodeURIComponent(id)}`,
  category: (id: string) => `/products?category=${encodeURIComponent(id)}`,
  cart: '/cart',
  checkout: '/checkout',
  orders: '/orders',
  order: (id: string) => `/orders/${encodeURIComponent(id)}`,
  wallet: '/wallet',
  login: '/login',
  register: '/register',
  account: '/account',
  admin: '/admin',
  adminProducts: '/admin/products',
  adminNewProduct: '/admin/products/new',
  adminProduct: (id: string) => `/admin/products/${encodeURIComponent(id)}`,
  adminOrders: '/admin/orders',
  adminOrder: (id: string) => `/admin/orders/${encodeURIComponent(id)}`,
  adminSagas: '/admin/sagas',
  adminSaga: (orderId: string) => `/admin/sagas/${encodeURIComponent(orderId)}`,
} as const;

/** Where to go after signing in: a path of this shop, never another site. */
export function safeReturnPath(value: unknown): string {
  return typeof value === 'string' && /^\/(?![/\\])/.test(value) ? value : paths.home;
}
