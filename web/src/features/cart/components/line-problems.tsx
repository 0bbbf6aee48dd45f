import { useEffect, useState } from 'react';

import { Button } from '@/components/ui/button';
import { formatMoney } from '@/lib/money';
import type { CartItem, Product } from '@/types/api';

interface LineProblemsProps {
  line: CartItem;
  lookUp: (productId: string) => Promise<Product>;
  /** Takes as many as there are; 0 removes the line. */
  onTake: (quantity: number) => void;
}

/** What has changed about a line since it was put into the cart, and the way out of it. */
export function LineProblems({ line, lookUp, onTake }: LineProblemsProps) {
  const { problems, productId, quantity } = line;
  const isShort = problems.includes('OUT_OF_STOCK');
  const available = useAvailable(productId, isShort, quantity, lookUp);
  if (problems.length === 0) return null;
  const rest = isShort ? available : 0;
  return (
    <div className="mt-2 space-y-2 text-sm">
      {problems.includes('PRICE_CHANGED') && (
        <p className="rounded-control bg-warn-soft px-3 py-1.5 text-warn">
          The price has changed: it was {formatMoney(line.addedPrice)}, now it is{' '}
          <strong>{formatMoney(line.unitPrice)}</strong>.
        </p>
      )}
      {problems.includes('NOT_AVAILABLE') && (
        <p className="rounded-control bg-danger-soft px-3 py-1.5 text-danger">
          This is not sold any more.
        </p>
      )}
      {isShort && (
        <p className="rounded-control bg-danger-soft px-3 py-1.5 text-danger">
          {shortage(available)}
        </p>
      )}
      {rest !== undefined && (isShort || problems.includes('NOT_AVAILABLE')) && (
        <Button
          variant="secondary"
          size="small"
          onClick={() => {
            onTake(rest);
          }}
        >
          {rest > 0 ? `Take ${rest}` : 'Remove it'}
          <span className="sr-only">: {line.name}</span>
        </Button>
      )}
    </div>
  );
}

function shortage(available: number | undefined): string {
  if (available === undefined) return 'There are not that many in stock.';
  return available === 0 ? 'This is sold out.' : `Only ${available} left in stock.`;
}

/** The line says that there are too few; the catalog says how few. */
function useAvailable(
  productId: string,
  isShort: boolean,
  quantity: number,
  lookUp: (productId: string) => Promise<Product>,
): number | undefined {
  const [available, setAvailable] = useState<number>();
  useEffect(() => {
    if (!isShort) return;
    let isCurrent = true;
    lookUp(productId).then(
      (product) => {
        if (isCurrent) setAvailable(Math.min(Number(product.available), quantity));
      },
      () => {
        if (isCurrent) setAvailable(undefined);
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [productId, isShort, quantity, lookUp]);
  return available;
}
