import { NavLink, Outlet } from 'react-router';

import { adminSections } from './sections';
import { useUser } from '../../layout/use-user';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeading } from '@/components/ui/page-heading';

/** Administration: for users with that role. The shop checks it at every call; this only says so. */
export function Component() {
  const user = useUser();
  if (!user.roles.includes('admin')) {
    return (
      <>
        <PageHeading title="Administration" />
        <EmptyState title="This is for administrators of the shop">
          Sign in with such an account to see it.
        </EmptyState>
      </>
    );
  }
  return (
    <>
      <nav aria-label="Administration" className="mb-8 flex gap-2 border-b border-line">
        {adminSections.map(({ path, name }) => (
          <NavLink
            key={path}
            to={path}
            className="-mb-px border-b-2 border-transparent px-4 py-2 font-semibold hover:text-accent aria-[current]:border-accent aria-[current]:text-accent"
          >
            {name}
          </NavLink>
        ))}
      </nav>
      <Outlet />
    </>
  );
}
