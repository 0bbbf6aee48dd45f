// Brings a guest's cart into the user's at sign-in. A merge that is sent twice adds twice, so the
// version of the cart before it is written down: when no answer comes, a cart that is another one
// afterwards was merged.
import { getCart } from './api/get-cart';
import { mergeCart } from './api/merge-cart';
import { freshGuestItems, guestItems, removeMerged } from './guest-cart';
import { toApiError } from '@/lib/api-error';
import { readStored, storageKeys, writeStored } from '@/lib/storage';
import { withTabLock } from '@/lib/tab-channel';
import type { Adjustment, Cart } from '@/types/api';

export interface Merged {
  /** Products that came with the guest. */
  count: number;
  adjustments: (Adjustment & { name: string })[];
}

export interface MergeOutcome {
  cart: Cart;
  merged: Merged | undefined;
}

interface MergeAttempt {
  userId: string;
  version: string;
}

function openMerge(userId: string): MergeAttempt | undefined {
  const stored = readStored(storageKeys.mergeAttempt) as Partial<MergeAttempt> | undefined;
  return stored?.userId === userId && typeof stored.version === 'string'
    ? { userId, version: stored.version }
    : undefined;
}

/** The user's cart, with what the guest had in it. Throws an ApiError; calling again is safe. */
export function mergeGuestCart(userId: string): Promise<MergeOutcome> {
  if (guestItems().length === 0) {
    writeStored(storageKeys.mergeAttempt, undefined);
    return getCart().then((cart) => ({ cart, merged: undefined }));
  }
  return withTabLock('merge', () => mergeInTurn(userId));
}

async function mergeInTurn(userId: string): Promise<MergeOutcome> {
  // Whoever had the lock before may have merged them.
  const lines = freshGuestItems();
  const before = await getCart();
  const open = openMerge(userId);
  if (lines.length === 0) return { cart: before, merged: undefined };
  if (open && open.version !== before.version) {
    finish(lines);
    return { cart: before, merged: { count: lines.length, adjustments: [] } };
  }
  writeStored(storageKeys.mergeAttempt, { userId, version: before.version });
  try {
    const { cart, adjustments } = await mergeCart(
      lines.map(({ productId, quantity }) => ({ productId, quantity })),
    );
    finish(lines);
    const nameOf = (id: string) => lines.find(({ productId }) => productId === id)?.name ?? id;
    return {
      cart: cart ?? before,
      merged: {
        count: lines.length,
        adjustments: adjustments.map((one) => ({ ...one, name: nameOf(one.productId) })),
      },
    };
  } catch (thrown) {
    // A definite refusal changed nothing: there is nothing to find out next time.
    if (toApiError(thrown).isDefinite) writeStored(storageKeys.mergeAttempt, undefined);
    throw thrown;
  }
}

function finish(lines: ReturnType<typeof guestItems>): void {
  removeMerged(lines);
  writeStored(storageKeys.mergeAttempt, undefined);
}
