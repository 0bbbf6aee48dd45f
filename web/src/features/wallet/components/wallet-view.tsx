import { useWallet } from '../wallet-context';
import { LoadFailed } from '@/components/ui/load-failed';
import { Price } from '@/components/ui/price';
import { isNegative, minorUnitsOf } from '@/lib/money';
import type { Money } from '@/types/api';

/** What there is, and how much of it is set aside for orders under way. */
export function WalletView() {
  const { wallet, error, reload } = useWallet();
  if (!wallet && error) return <LoadFailed error={error} onRetry={() => void reload()} />;
  const hasHolds = wallet !== undefined && minorUnitsOf(wallet.held) !== 0n;
  return (
    <section
      aria-labelledby="balance"
      className="rounded-card bg-panel p-6 text-panel-ink shadow-card sm:p-8"
    >
      <h2 id="balance" className="font-sans text-base font-medium tracking-normal">
        Available
      </h2>
      <p className="mt-1 font-display text-4xl sm:text-5xl">
        <Amount money={wallet?.available} />
      </p>
      <dl className="mt-5 flex flex-wrap gap-x-8 gap-y-2 border-t border-current/25 pt-4">
        <div className="flex gap-2">
          <dt>Balance</dt>
          <dd className="font-semibold">
            <Amount money={wallet?.balance} />
          </dd>
        </div>
        <div className="flex gap-2">
          <dt>Held for orders</dt>
          <dd className="font-semibold">
            <Amount money={wallet?.held} />
          </dd>
        </div>
      </dl>
      {hasHolds && !isNegative(wallet.held) && (
        <p className="mt-3 text-sm">
          What is held belongs to an order that is being confirmed. It is taken or given back then.
        </p>
      )}
    </section>
  );
}

// As wide as digits, so that nothing moves when these come.
const noDigits = '\u2007'.repeat(7);

function Amount({ money }: { money: Money | undefined }) {
  return money ? <Price money={money} /> : <span className="skeleton rounded">{noDigits}</span>;
}
