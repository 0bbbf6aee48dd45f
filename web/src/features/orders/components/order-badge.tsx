import { orderStatus } from '../order-status';
import { Spinner } from '@/components/ui/spinner';
import type { Order } from '@/types/api';

const tones = {
  busy: 'bg-warn-soft text-warn',
  good: 'bg-accent-soft text-accent',
  bad: 'bg-danger-soft text-danger',
  neutral: 'bg-sunken text-soft',
};

export function OrderBadge({ order }: { order: Pick<Order, 'state' | 'settled'> }) {
  const { label, tone } = orderStatus(order);
  return (
    <span
      className={`inline-flex items-center gap-2 rounded-full px-3 py-1 text-sm font-semibold ${tones[tone]}`}
    >
      {tone === 'busy' && <Spinner />}
      {label}
    </span>
  );
}
