import { PageHeading } from '@/components/ui/page-heading';
import { SagaList } from '@/features/admin/components/saga-list';

export function Component() {
  return (
    <>
      <PageHeading title="Stuck orders" />
      <SagaList />
    </>
  );
}
