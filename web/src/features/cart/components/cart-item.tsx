import { useState } from 'react';
import { Link } from 'react-router';

import { useCart } from '../cart-context';
import { lineLimit } from '../cart-state';
import { LineProblems } from './line-problems';
import { TrashIcon } from '@/components/ui/icons';
import { Price } from '@/components/ui/price';
import { ProductImage } from '@/components/ui/product-image';
import { QuantityStepper } from '@/components/ui/quantity-stepper';
import { paths } from '@/config/paths';
import type { CartItem as Line, Product } from '@/types/api';

interface CartItemProps {
  line: Line;
  /** Asks the catalog how many there are, when the line has too many. */
  lookUp: (productId: string) => Promise<Product>;
  /** Where the focus goes when the line is gone. */
  onRemoved: () => void;
}

export function CartItem({ line, lookUp, onRemoved }: CartItemProps) {
  const { setQuantity } = useCart();
  const [isRemoving, setRemoving] = useState(false);
  const remove = async () => {
    setRemoving(true);
    const removed = setQuantity(line.productId, 0);
    onRemoved();
    if (!(await removed)) setRemoving(false);
  };
  return (
    <li className="grid grid-cols-[5rem_1fr] gap-x-4 gap-y-3 py-5 sm:grid-cols-[7rem_1fr_auto] sm:gap-x-6">
      <ProductImage
        src={line.imageUrl}
        alt=""
        className="row-span-2 self-start rounded-control border border-line sm:row-span-1"
      />
      <div className="min-w-0">
        <h2 className="font-sans text-base leading-snug font-semibold tracking-normal">
          <Link to={paths.product(line.productId)} className="hover:text-accent hover:underline">
            {line.name}
          </Link>
        </h2>
        <p className="text-sm text-soft">
          <Price money={line.unitPrice} /> each
        </p>
        <LineProblems
          line={line}
          lookUp={lookUp}
          onTake={(quantity) => void setQuantity(line.productId, quantity)}
        />
        <div className="mt-3 flex flex-wrap items-center gap-3">
          <QuantityStepper
            label={line.name}
            value={line.quantity}
            max={lineLimit}
            onChange={(quantity) => void setQuantity(line.productId, quantity)}
          />
          <button
            type="button"
            disabled={isRemoving}
            onClick={() => void remove()}
            className="flex size-11 items-center justify-center rounded-control text-soft hover:bg-danger-soft hover:text-danger"
          >
            <TrashIcon />
            <span className="sr-only">Remove {line.name}</span>
          </button>
        </div>
      </div>
      <p className="text-lg font-semibold sm:text-right">
        <Price money={line.lineTotal} />
      </p>
    </li>
  );
}
