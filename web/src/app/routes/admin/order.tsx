import { useParams } from 'react-router';

import { useUser } from '../../layout/use-user';
import { PageHeading } from '@/components/ui/page-heading';
import { OrderRecord } from '@/features/admin/components/order-record';

export function Component() {
  const { id = '' } = useParams();
  const user = useUser();
  return (
    <>
      <PageHeading title="Order" />
      <OrderRecord key={id} id={id} userId={user.id} />
    </>
  );
}
