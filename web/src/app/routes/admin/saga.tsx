import { useParams } from 'react-router';

import { PageHeading } from '@/components/ui/page-heading';
import { SagaDetail } from '@/features/admin/components/saga-detail';

export function Component() {
  const { orderId = '' } = useParams();
  return (
    <>
      <PageHeading title="Saga" />
      <SagaDetail key={orderId} orderId={orderId} />
    </>
  );
}
