// The cart of somebody who has not signed in: in local storage, shared by the tabs. It holds what
// was chosen and what it looked like then; prices that count come from the shop.
import { applyChange, cartLimit, lineLimit, withTotals, type CartChange } from './cart-state';
import { readStored, storageKeys, writeStored } from '@/lib/storage';
import type { Cart, CartItem, Product } from '@/types/api';

let items: readonly CartItem[] | undefined;
// False where the storage is blocked or full: then this tab alone knows the cart.
let isStored = true;
const listeners = new Set<() => void>();

// What is not well formed is left out: people can edit their storage, and older shops wrote it.
function isLine(value: unknown): value is CartItem {
  if (typeof value !== 'object' || value === null) return false;
  const line = value as Partial<CartItem>;
  return (
    typeof line.productId === 'string' &&
    typeof line.name === 'string' &&
    typeof line.imageUrl === 'string' &&
    Number.isInteger(line.quantity) &&
    Number(line.quantity) >= 1 &&
    Number(line.quantity) <= lineLimit &&
    Array.isArray(line.problems) &&
    (line.unitPrice === undefined || /^\d+$/.test(line.unitPrice.minorUnits))
  );
}

export function guestItems(): readonly CartItem[] {
  if (!items) {
    const stored = readStored(storageKeys.guestCart);
    items = Array.isArray(stored) ? stored.filter(isLine).slice(0, cartLimit) : [];
  }
  return items;
}

/** As the storage has them now, whatever this tab has heard of it. */
export function freshGuestItems(): readonly CartItem[] {
  if (isStored) items = undefined;
  return guestItems();
}

export function subscribeToGuestCart(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tellListeners(): void {
  listeners.forEach((listener) => {
    listener();
  });
}

addEventListener('storage', (event) => {
  if (event.key !== storageKeys.guestCart && event.key !== null) return;
  items = undefined;
  tellListeners();
});

function keep(next: readonly CartItem[]): void {
  items = next;
  isStored = writeStored(storageKeys.guestCart, next.length ? next : undefined);
  tellListeners();
}

export type GuestRefusal = 'LINE_LIMIT' | 'CART_FULL';

/** The shop's own limits, so that a guest's cart is one that can be merged. */
export function changeGuestCart(change: CartChange): GuestRefusal | undefined {
  const before = guestItems();
  if (change.kind === 'add') {
    const line = before.find((item) => item.productId === change.product.id);
    if ((line?.quantity ?? 0) + change.quantity > lineLimit) return 'LINE_LIMIT';
    if (!line && before.length >= cartLimit) return 'CART_FULL';
  }
  keep(applyChange(before, change));
  return undefined;
}

/** Takes out what was merged; what another tab has added meanwhile stays. */
export function removeMerged(merged: readonly CartItem[]): void {
  items = undefined;
  const quantities = new Map(merged.map((item) => [item.productId, item.quantity]));
  keep(
    guestItems().flatMap((item) => {
      const rest = item.quantity - (quantities.get(item.productId) ?? 0);
      return rest > 0 ? [{ ...item, quantity: rest }] : [];
    }),
  );
}

/** Brings a line up to what the shop says now; `undefined` when it is not sold any more. */
export function refreshGuestLine(productId: string, product: Product | undefined): void {
  keep(
    guestItems().map((item) => {
      if (item.productId !== productId) return item;
      if (!product) return { ...item, problems: ['NOT_AVAILABLE'] };
      const changed = product.price?.minorUnits !== item.addedPrice?.minorUnits;
      const short = BigInt(product.available) < BigInt(item.quantity);
      const refreshed: CartItem = {
        ...item,
        name: product.name,
        imageUrl: product.imageUrl,
        ...(product.price && { unitPrice: product.price }),
        problems: [
          ...(changed ? ['PRICE_CHANGED' as const] : []),
          ...(short ? ['OUT_OF_STOCK' as const] : []),
        ],
      };
      const set = { id: 0, kind: 'set', productId, quantity: item.quantity } as const;
      return applyChange([refreshed], set)[0] ?? refreshed;
    }),
  );
}

export function guestCartOf(lines: readonly CartItem[]): Cart {
  return withTotals({ items: [...lines], itemCount: 0, version: '', stale: false });
}
