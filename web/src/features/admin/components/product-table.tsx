import { Link } from 'react-router';

import { cell, foldedCell, RecordTable } from './record-table';
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
    <RecordTable
      name="Products"
      columns={['Product', 'Category', 'Price', 'Stock', 'State']}
      isFolding
    >
      {records.map(({ product, active, onHand, reserved }) =>
        product ? (
          <tr key={product.id}>
            <td className={cell}>
              <div className="flex items-center gap-3">
                <div className="w-12 shrink-0">
                  <ProductImage src={product.imageUrl} alt="" className="rounded-control" />
                </div>
                <div>
                  <Link
                    to={paths.adminProduct(product.id)}
                    className="font-medium text-accent underline"
                  >
                    {product.name}
                  </Link>
                  <p className="mt-1 text-soft sm:hidden">
                    <Price money={product.price} /> · {onHand} in stock{!active && ' · archived'}
                  </p>
                </div>
              </div>
            </td>
            <td className={foldedCell}>{nameOf(product.category)}</td>
            <td className={foldedCell}>
              <Price money={product.price} />
            </td>
            <td className={`${foldedCell} tabular-nums`}>
              {onHand}
              {reserved !== '0' && <span className="text-soft"> ({reserved} reserved)</span>}
            </td>
            <td className={`${foldedCell} whitespace-nowrap`}>
              {active ? 'On sale' : <span className="text-soft">Archived</span>}
            </td>
          </tr>
        ) : null,
      )}
    </RecordTable>
  );
}
