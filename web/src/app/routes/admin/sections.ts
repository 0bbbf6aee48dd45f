import { paths } from '@/config/paths';

/**
 * The parts of the administration, in the order of its menu. One more is a line here, its routes in
 * router.tsx, and its components in features/admin.
 */
export const adminSections = [
  { path: paths.adminProducts, name: 'Products' },
  { path: paths.adminOrders, name: 'Orders' },
  { path: paths.adminSagas, name: 'Stuck orders' },
] as const;
