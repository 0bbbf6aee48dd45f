import { Link } from 'react-router';

import { cell, RecordTable } from './record-table';
import { Price } from '@/components/ui/price';
import { ProductImage } from '@/components/ui/product-image';
import { paths } from '@/config/paths';
import type { Category, ProductRecord } from '@/types/api';

interface ProductTableProps {
  records: readonly ProductRecord[];
  categories: readonly Category[];
}

export function ProductTable({ records, categories }: ProductTableProps) {
  const nameOf = (id: string) => categories.find((category) => category.id === id)?.name ?? id;
  return (
    <RecordTable name="Products" columns={['Product', 'Category', 'Price', 'Stock', 'State']}>
      {records.map(({ product, active, onHand, reserved }) =>
        product ? (
          <tr key={product.id}>
            <td className={cell}>
              <div className="flex items-center gap-3">
                <div className="w-12 shrink-0">
                  <ProductImage src={product.imageUrl} alt="" className="rounded-control" />
                </div>
                <Link
                  to={paths.adminProduct(product.id)}
                  className="font-medium text-accent underline"
                >
                  {product.name}
                </Link>
              </div>
            </td>
            <td className={cell}>{nameOf(product.category)}</td>
            <td className={cell}>
              <Price money={product.price} />
            </td>
            <td className={`${cell} tabular-nums`}>
              {onHand}
              {reserved !== '0' && <span className="text-soft"> ({reserved} reserved)</span>}
            </td>
            <td className={cell}>
              {active ? 'On sale' : <span className="text-soft">Archived</span>}
            </td>
          </tr>
        ) : null,
      )}
    </RecordTable>
  );
}
