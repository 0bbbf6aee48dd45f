import { useNavigate } from 'react-router';

import { Button } from '@/components/ui/button';
import { CheckIcon } from '@/components/ui/icons';
import { Modal } from '@/components/ui/modal';
import { paths } from '@/config/paths';
import { formatMoney } from '@/lib/money';
import type { Order } from '@/types/api';

/** Bought: thanks, and the way to the order. Closing it leads there too. */
export function CheckoutSuccessModal({ order }: { order: Order }) {
  const navigate = useNavigate();
  const seeOrder = () => void navigate(paths.order(order.id), { replace: true });
  const goOn = () => void navigate(paths.products, { replace: true });
  return (
    <Modal
      title="Thank you!"
      onClose={seeOrder}
      actions={
        <>
          <Button variant="secondary" onClick={goOn}>
            Keep shopping
          </Button>
          <Button onClick={seeOrder}>See the order</Button>
        </>
      }
    >
      <div className="flex items-center gap-4">
        <span className="flex size-14 shrink-0 items-center justify-center rounded-full bg-accent-soft text-accent">
          <CheckIcon className="size-8" />
        </span>
        <p>
          Your order is confirmed, and {formatMoney(order.total)} were paid from your wallet. You
          can cancel it from its page.
        </p>
      </div>
    </Modal>
  );
}
