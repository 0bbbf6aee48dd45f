import { useState } from 'react';
import { Link } from 'react-router';

import { useCart } from '../cart-context';
import { lineLimit } from '../cart-state';
import { Button } from '@/components/ui/button';
import { CartIcon, CheckIcon } from '@/components/ui/icons';
import { QuantityStepper } from '@/components/ui/quantity-stepper';
import { paths } from '@/config/paths';
import type { Product } from '@/types/api';

const confirmedForMs = 1600;

function useAdd(product: Product) {
  const { add } = useCart();
  const [wasAdded, setAdded] = useState(false);
  const run = async (quantity: number) => {
    setAdded(true);
    const timer = setTimeout(setAdded, confirmedForMs, false);
    if (!(await add(product, quantity))) {
      clearTimeout(timer);
      setAdded(false);
    }
  };
  return { wasAdded, run };
}

/** On a card: one piece with one click. */
export function AddToCartButton({ product }: { product: Product }) {
  const { wasAdded, run } = useAdd(product);
  const isSoldOut = BigInt(product.available) <= 0n;
  return (
    <Button
      variant="secondary"
      size="small"
      className="w-full"
      disabled={isSoldOut}
      onClick={() => void run(1)}
    >
      {wasAdded ? <CheckIcon className="size-4" /> : <CartIcon className="size-4" />}
      {wasAdded ? 'Added' : 'Add'}
      <span className="sr-only"> {product.name} to the cart</span>
    </Button>
  );
}

/** On the product's page: a number of pieces, and a way on to the cart. */
export function AddToCart({ product }: { product: Product }) {
  const { cart } = useCart();
  const { wasAdded, run } = useAdd(product);
  const [quantity, setQuantity] = useState(1);
  const inCart = cart?.items.find(({ productId }) => productId === product.id)?.quantity ?? 0;
  const available = Number(BigInt(product.available) > 99n ? 99n : BigInt(product.available));
  const most = Math.max(1, Math.min(available, lineLimit - inCart));
  return (
    <div>
      <div className="flex flex-wrap gap-3">
        <QuantityStepper
          label={product.name}
          value={Math.min(quantity, most)}
          max={most}
          onChange={setQuantity}
        />
        <Button
          size="large"
          className="min-w-48 flex-1 sm:flex-none"
          disabled={available === 0 || inCart >= lineLimit}
          onClick={() => {
            void run(Math.min(quantity, most));
            setQuantity(1);
          }}
        >
          {wasAdded ? <CheckIcon /> : <CartIcon />}
          {wasAdded ? 'Added to the cart' : 'Add to cart'}
        </Button>
      </div>
      <p className="mt-3 min-h-[1lh] text-soft">
        {inCart > 0 && (
          <>
            {inCart} in your cart.{' '}
            <Link to={paths.cart} className="font-semibold text-accent underline">
              Go to the cart
            </Link>
          </>
        )}
      </p>
    </div>
  );
}
