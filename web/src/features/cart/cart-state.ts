// The cart as it is shown: what the shop said last, with the changes on top that it has not
// answered yet. A change that is refused is taken off again, and the cart is what it was.
import type { ApiError } from '@/lib/api-error';
import { addMoney, multiplyMoney } from '@/lib/money';
import type { Cart, CartItem, Money, Product } from '@/types/api';

export const lineLimit = 99;
export const cartLimit = 100;

/** What is needed to show a line before the shop has answered. */
export type AddedProduct = Pick<Product, 'id' | 'name' | 'imageUrl'> & { price?: Money };

export type CartChange =
  | { id: number; kind: 'add'; product: AddedProduct; quantity: number }
  /** 0 removes the line. */
  | { id: number; kind: 'set'; productId: string; quantity: number };

export interface CartState {
  confirmed: Cart | undefined;
  pending: readonly CartChange[];
  error: ApiError | undefined;
}

export type CartAction =
  | { type: 'loaded'; cart: Cart }
  | { type: 'load-failed'; error: ApiError }
  | { type: 'begun'; change: CartChange }
  | { type: 'done'; id: number; cart?: Cart }
  | { type: 'refused'; id: number }
  | { type: 'forgotten' };

export const noCart: CartState = { confirmed: undefined, pending: [], error: undefined };

export function cartReducer(state: CartState, action: CartAction): CartState {
  const without = (id: number) => state.pending.filter((change) => change.id !== id);
  switch (action.type) {
    case 'loaded':
      return { ...state, confirmed: action.cart, error: undefined };
    case 'load-failed':
      return { ...state, error: action.error };
    case 'begun':
      return { ...state, pending: [...state.pending, action.change] };
    case 'done':
      return {
        confirmed: action.cart ?? state.confirmed,
        pending: without(action.id),
        error: action.cart ? undefined : state.error,
      };
    case 'refused':
      return { ...state, pending: without(action.id) };
    case 'forgotten':
      return noCart;
  }
}

/** The cart to show; undefined until the shop has said what is in it. */
export function shownCart({ confirmed, pending }: CartState): Cart | undefined {
  if (!confirmed || pending.length === 0) return confirmed;
  return withTotals({ ...confirmed, items: pending.reduce(applyChange, confirmed.items) });
}

export function applyChange(items: readonly CartItem[], change: CartChange): CartItem[] {
  if (change.kind === 'set') {
    return items.flatMap((item) => {
      if (item.productId !== change.productId) return [item];
      return change.quantity === 0 ? [] : [withQuantity(item, change.quantity)];
    });
  }
  const { product, quantity } = change;
  const existing = items.find((item) => item.productId === product.id);
  if (existing) {
    return items.map((item) =>
      item === existing ? withQuantity(item, item.quantity + quantity) : item,
    );
  }
  return [...items, lineOf(product, quantity)];
}

export function lineOf(product: AddedProduct, quantity: number): CartItem {
  const { id, name, imageUrl, price } = product;
  const prices = price && { unitPrice: price, addedPrice: price };
  const line = { productId: id, name, imageUrl, quantity, problems: [], ...prices };
  return withQuantity(line, quantity);
}

function withQuantity(item: CartItem, wanted: number): CartItem {
  const quantity = Math.min(wanted, lineLimit);
  if (!item.unitPrice) return { ...item, quantity };
  return { ...item, quantity, lineTotal: multiplyMoney(item.unitPrice, quantity) };
}

/** With the sums that its lines make. */
export function withTotals(cart: Cart): Cart {
  const totals = cart.items.flatMap(({ lineTotal }) => (lineTotal ? [lineTotal] : []));
  const { subtotal: before, ...rest } = cart;
  const [first, ...others] = totals;
  const subtotal = first
    ? others.reduce(addMoney, first)
    : before && { ...before, minorUnits: '0' };
  return {
    ...rest,
    ...(subtotal && { subtotal }),
    itemCount: cart.items.reduce((sum, { quantity }) => sum + quantity, 0),
  };
}

/** What stands between this cart and paying for it. */
export function cartObstacles(cart: Cart) {
  const has = (problem: CartItem['problems'][number]) =>
    cart.items.some(({ problems }) => problems.includes(problem));
  return {
    unavailable: has('OUT_OF_STOCK') || has('NOT_AVAILABLE'),
    priceChanged: has('PRICE_CHANGED'),
    stale: cart.stale,
  };
}
