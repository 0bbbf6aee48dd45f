import type { CheckoutState } from '../use-checkout';
import { ButtonLink } from '@/components/ui/button';
import { ErrorNotice, Notice } from '@/components/ui/notice';
import { paths } from '@/config/paths';
import type { ApiError } from '@/lib/api-error';
import { explain } from '@/lib/messages';
import { useOnline } from '@/lib/use-online';

/** How paying goes, for as long as it is not done. */
export function PaymentStatus({ state }: { state: CheckoutState }) {
  const isOnline = useOnline();
  if (state.phase === 'refused') return <Refusal error={state.error} />;
  if (state.phase !== 'paying') return null;
  if (!isOnline) {
    return (
      <Notice tone="warning" title="You are offline">
        Your order is kept here. It goes on when the connection is back, and is paid once at most.
      </Notice>
    );
  }
  if (!state.trouble) return null;
  const isBusy = state.trouble.reason === 'ORDER_IN_PROGRESS';
  const { title, text } = explain(state.trouble);
  return (
    <Notice
      tone="warning"
      title={isBusy ? title : 'We are finding out whether your payment arrived'}
    >
      {isBusy
        ? text
        : 'There was no clear answer. We keep asking; it is paid once at most, and you may leave or reload this page.'}
    </Notice>
  );
}

// The cart may have been paid for on another device, of whose order nothing is known here.
const isPerhapsOrdered = ['CART_CHANGED', 'EMPTY_CART', 'CART_ALREADY_ORDERED'];

function Refusal({ error }: { error: ApiError }) {
  const wayToOrders = (
    <ButtonLink to={paths.orders} variant="secondary" size="small">
      Your orders
    </ButtonLink>
  );
  return (
    <ErrorNotice
      error={error}
      actions={isPerhapsOrdered.includes(error.reason) ? wayToOrders : undefined}
    />
  );
}
