import { cell, RecordTable } from './record-table';
import { Price } from '@/components/ui/price';
import { formatDateTime } from '@/lib/dates';
import type { ProductChange, StockAdjustment } from '@/types/api';

interface ProductHistoryProps {
  changes: readonly ProductChange[];
  adjustments: readonly StockAdjustment[];
}

const kinds: Partial<Record<ProductChange['kind'], string>> = {
  CREATE: 'Added',
  UPDATE: 'Changed',
  ARCHIVE: 'Taken off sale',
  UNARCHIVE: 'Put on sale again',
};

const fieldNames: Record<string, string> = { imageUrl: 'picture' };

/** All that was done to a product; nobody can remove a line of it. */
export function ProductHistory({ changes, adjustments }: ProductHistoryProps) {
  return (
    <div className="mt-10 space-y-8">
      <div>
        <h2 className="mb-3 text-xl">Changes and prices</h2>
        <RecordTable name="Changes and prices" columns={['When', 'What', 'Price', 'Who']}>
          {changes.map((change) => (
            <tr key={change.id}>
              <td className={cell}>{formatDateTime(change.createTime)}</td>
              <td className={cell}>{describe(change)}</td>
              <td className={cell}>
                <Price money={change.price} />
              </td>
              <td className={`${cell} font-mono text-xs`}>{change.operator || 'the shop'}</td>
            </tr>
          ))}
        </RecordTable>
      </div>
      {adjustments.length > 0 && (
        <div>
          <h2 className="mb-3 text-xl">Corrections of the stock</h2>
          <RecordTable name="Corrections of the stock" columns={['When', 'Pieces', 'Why', 'Who']}>
            {adjustments.map(({ id, createTime, delta, reason, operator }) => (
              <tr key={id}>
                <td className={cell}>{formatDateTime(createTime)}</td>
                <td className={`${cell} tabular-nums`}>
                  {delta.startsWith('-') ? `−${delta.slice(1)}` : `+${delta}`}
                </td>
                <td className={cell}>{reason}</td>
                <td className={`${cell} font-mono text-xs`}>{operator}</td>
              </tr>
            ))}
          </RecordTable>
        </div>
      )}
    </div>
  );
}

function describe({ kind, fields }: ProductChange): string {
  const changed = fields.filter((field) => field !== 'active');
  const names = changed.map((field) => fieldNames[field] ?? field).join(', ');
  return `${kinds[kind] ?? kind}${names && `: ${names}`}`;
}
