import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeading } from '@/components/ui/page-heading';
import { paths } from '@/config/paths';

export function Component() {
  return (
    <>
      <PageHeading title="Page not found" />
      <EmptyState
        title="There is nothing at this address"
        action={<ButtonLink to={paths.products}>All products</ButtonLink>}
      >
        Perhaps it has moved. The search above finds what is there.
      </EmptyState>
    </>
  );
}
