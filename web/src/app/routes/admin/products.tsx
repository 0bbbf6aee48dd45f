import { ButtonLink } from '@/components/ui/button';
import { PageHeading } from '@/components/ui/page-heading';
import { paths } from '@/config/paths';
import { ProductRecords } from '@/features/admin/components/product-records';
import { useCategories } from '@/features/catalog/api/list-categories';

export function Component() {
  const { data: categories = [] } = useCategories();
  return (
    <>
      <PageHeading
        title="Products"
        aside={<ButtonLink to={paths.adminNewProduct}>New product</ButtonLink>}
      />
      <ProductRecords categories={categories} />
    </>
  );
}
