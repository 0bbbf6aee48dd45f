import { useUser } from '../../layout/use-user';
import { PageHeading } from '@/components/ui/page-heading';
import { NewProduct } from '@/features/admin/components/new-product';
import { useCategories } from '@/features/catalog/api/list-categories';
import { useWallet } from '@/features/wallet/wallet-context';

export function Component() {
  const { id } = useUser();
  const { data: categories = [] } = useCategories();
  // The shop has one currency, and the wallet knows it.
  const { wallet } = useWallet();
  return (
    <div className="max-w-2xl">
      <PageHeading title="New product" />
      <NewProduct
        userId={id}
        categories={categories}
        currencyCode={wallet?.balance?.currencyCode ?? 'EUR'}
      />
    </div>
  );
}
