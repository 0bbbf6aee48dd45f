import { useParams } from 'react-router';

import { useUser } from '../../layout/use-user';
import { ProductEditor } from '@/features/admin/components/product-editor';
import { useCategories } from '@/features/catalog/api/list-categories';

export function Component() {
  const { id = '' } = useParams();
  const user = useUser();
  const { data: categories = [] } = useCategories();
  return <ProductEditor key={id} id={id} userId={user.id} categories={categories} />;
}
