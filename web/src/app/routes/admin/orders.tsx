import { PageHeading } from '@/components/ui/page-heading';
import { OrderRecords } from '@/features/admin/components/order-records';

export function Component() {
  return (
    <>
      <PageHeading title="Orders" />
      <OrderRecords />
    </>
  );
}
