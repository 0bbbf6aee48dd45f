import { useCart } from '../cart-context';
import type { Merged } from '../merge-guest-cart';
import { Button, ButtonLink } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { paths } from '@/config/paths';

function describe({ name, requested, granted, reason }: Merged['adjustments'][number]): string {
  if (reason === 'NOT_AVAILABLE') return `${name} is not sold any more.`;
  if (reason === 'CART_FULL') return `${name} did not fit: a cart takes at most 100 products.`;
  return `${name}: ${granted} of ${requested}, since a cart takes at most 99 of one product.`;
}

/** After sign-in: what came from the guest's cart, and what could not come. */
export function MergeNotice() {
  const { merged, dismissMerged } = useCart();
  if (!merged) return null;
  const { count, adjustments } = merged;
  const lost = adjustments.filter(({ granted }) => granted === 0).length;
  const added = count - lost;
  return (
    <Notice
      tone={adjustments.length ? 'warning' : 'success'}
      title={
        added === 1
          ? '1 product that you had chosen before is in your cart'
          : `${added} products that you had chosen before are in your cart`
      }
      className="mb-6"
      actions={
        <>
          <ButtonLink to={paths.cart} variant="secondary" size="small" onClick={dismissMerged}>
            Look at the cart
          </ButtonLink>
          <Button variant="quiet" size="small" onClick={dismissMerged}>
            Got it
          </Button>
        </>
      }
    >
      {adjustments.length > 0 && (
        <ul className="list-disc pl-5">
          {adjustments.map((adjustment) => (
            <li key={adjustment.productId}>{describe(adjustment)}</li>
          ))}
        </ul>
      )}
    </Notice>
  );
}
