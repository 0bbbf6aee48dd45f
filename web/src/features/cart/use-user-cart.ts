import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from 'react';

import { addItem } from './api/add-item';
import { getCart } from './api/get-cart';
import { removeItem } from './api/remove-item';
import { updateItem } from './api/update-item';
import {
  cartReducer,
  noCart,
  shownCart,
  type AddedProduct,
  type CartChange,
  type CartState,
} from './cart-state';
import { changeGuestCart } from './guest-cart';
import { mergeGuestCart, type Merged } from './merge-guest-cart';
import { useToast } from '@/components/ui/toasts';
import { toApiError, type ApiError } from '@/lib/api-error';
import { explainOnce } from '@/lib/messages';
import { onTabMessage, tellOtherTabs } from '@/lib/tab-channel';
import type { Cart } from '@/types/api';

const retryAfterMs = 3000;

function send(change: CartChange): Promise<Cart> {
  if (change.kind === 'add') return addItem(change.product.id, change.quantity);
  return change.quantity === 0
    ? removeItem(change.productId)
    : updateItem(change.productId, change.quantity);
}

/**
 * The cart that the shop keeps for `userId`; nothing while there is no user. `isRestoring`: it is
 * being found out whether there is one.
 */
export function useUserCart(userId: string | undefined, isRestoring: boolean) {
  const [state, dispatch] = useReducer(cartReducer, noCart);
  const [merged, setMerged] = useState<Merged>();
  const owner = useRef(userId);
  // A cart that has been merged is only read from then on.
  const mergedFor = useRef<string>(undefined);
  const changeCount = useRef(0);
  const wasRestored = useWasRestored(userId, isRestoring);
  const followsOtherTab = useFollowing(userId, isRestoring);
  const reads = useRef({ begun: 0, shown: 0 });

  const reload = useCallback(async () => {
    if (userId === undefined) return;
    const read = ++reads.current.begun;
    // What was read before a change, or before what is shown, must not replace it.
    const changesBefore = changeCount.current;
    const isOutrun = () =>
      owner.current !== userId ||
      changeCount.current !== changesBefore ||
      read < reads.current.shown;
    const show = (cart: Cart) => {
      reads.current.shown = read;
      dispatch({ type: 'loaded', cart });
    };
    try {
      if (mergedFor.current === userId || followsOtherTab.current) {
        const cart = await getCart();
        if (!isOutrun()) show(cart);
        return;
      }
      const outcome = await mergeGuestCart(userId);
      if (owner.current !== userId) return;
      mergedFor.current = userId;
      if (outcome.merged || !isOutrun()) show(outcome.cart);
      if (!outcome.merged) return;
      tellOtherTabs('cart-changed');
      if (!wasRestored.current || outcome.merged.adjustments.length) setMerged(outcome.merged);
    } catch (error) {
      if (owner.current === userId) dispatch({ type: 'load-failed', error: toApiError(error) });
    }
  }, [userId, followsOtherTab, wasRestored]);

  // Together with what is shown: a click between this and a later effect would be nobody's.
  useLayoutEffect(() => {
    if (owner.current === userId) return;
    owner.current = userId;
    mergedFor.current = undefined;
    dispatch({ type: 'forgotten' });
    setMerged(undefined);
  }, [userId]);
  useEffect(() => {
    void reload();
  }, [reload]);
  useReloads(state, reload);
  const change = useChanges(dispatch, reload, owner, changeCount);
  return useMemo(
    () => ({
      cart: shownCart(state),
      error: state.error,
      isSaving: state.pending.length > 0,
      reload,
      merged,
      dismissMerged: () => {
        setMerged(undefined);
      },
      ...change,
    }),
    [state, reload, merged, change],
  );
}

/**
 * What was added while a session was restored is merged like a guest's cart, but nobody has signed in
 * who would want to be told.
 */
function useWasRestored(userId: string | undefined, isRestoring: boolean) {
  const wasRestored = useRef(isRestoring);
  useEffect(() => {
    if (userId === undefined) wasRestored.current = isRestoring;
  }, [userId, isRestoring]);
  return wasRestored;
}

/**
 * Whether the user has signed in in another tab. Then that tab merges the guest's cart, and only
 * that one: this tab may not see yet that the local storage is empty, and would add everything a
 * second time. What the merge has made of the cart comes with its message.
 */
function useFollowing(userId: string | undefined, isRestoring: boolean) {
  const isFollowing = useRef(false);
  useEffect(
    () =>
      onTabMessage('signed-in', () => {
        isFollowing.current = true;
      }),
    [],
  );
  useEffect(() => {
    if (userId === undefined && !isRestoring) isFollowing.current = false;
  }, [userId, isRestoring]);
  return isFollowing;
}

/** Changes go to the shop one after the other, in the order in which they were made. */
function useChanges(
  dispatch: React.ActionDispatch<[Parameters<typeof cartReducer>[1]]>,
  reload: () => Promise<void>,
  owner: React.RefObject<string | undefined>,
  changeCount: React.RefObject<number>,
) {
  const toast = useToast();
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const waiting = useRef<CartChange[]>([]);
  const nextId = useRef(1);

  return useMemo(() => {
    const run = async (change: CartChange, userId: string | undefined): Promise<boolean> => {
      waiting.current = waiting.current.filter(({ id }) => id !== change.id);
      if (owner.current !== userId) {
        return owner.current === undefined && change.kind === 'add' && !changeGuestCart(change);
      }
      if (isOvertaken(change, waiting.current)) {
        dispatch({ type: 'done', id: change.id });
        return true;
      }
      try {
        const cart = await send(change);
        changeCount.current += 1;
        dispatch({ type: 'done', id: change.id, cart });
        tellOtherTabs('cart-changed');
        return true;
      } catch (thrown) {
        const error = toApiError(thrown);
        dispatch({ type: 'refused', id: change.id });
        if (keptForGuest(change, error)) return true;
        const { title, text } = explainOnce(error);
        toast({ tone: 'danger', title, text: `${text} The cart is as it was.` });
        // A lost answer leaves open what the cart is now.
        if (!error.isDefinite || error.status === 404) await reload();
        return false;
      }
    };
    const change = (wanted: CartChange) => {
      waiting.current.push(wanted);
      dispatch({ type: 'begun', change: wanted });
      const userId = owner.current;
      const result = queue.current.then(() => run(wanted, userId));
      queue.current = result;
      return result;
    };
    return {
      add: (product: AddedProduct, quantity: number) =>
        change({ id: nextId.current++, kind: 'add', product, quantity }),
      setQuantity: (productId: string, quantity: number) =>
        change({ id: nextId.current++, kind: 'set', productId, quantity }),
    };
  }, [dispatch, reload, owner, changeCount, toast]);
}

/** A quantity that was set again before it was sent need not be sent. */
export function isOvertaken(change: CartChange, later: readonly CartChange[]): boolean {
  if (change.kind !== 'set') return false;
  const next = later.find((other) =>
    other.kind === 'set'
      ? other.productId === change.productId
      : other.product.id === change.productId,
  );
  return next?.kind === 'set';
}

/** A session that ended meanwhile does not lose what was added: the next sign-in merges it. */
function keptForGuest(change: CartChange, error: ApiError): boolean {
  return error.status === 401 && change.kind === 'add' && !changeGuestCart(change);
}

function useReloads({ error, confirmed }: CartState, reload: () => Promise<void>) {
  useEffect(() => onTabMessage('cart-changed', () => void reload()), [reload]);
  useEffect(() => {
    const onVisible = () => {
      if (document.visibilityState === 'visible') void reload();
    };
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [reload]);
  useEffect(() => {
    // A stale cart is an answer, too: the catalog could not say what its lines cost now.
    if (!error?.isTransient && !confirmed?.stale) return;
    const timer = setTimeout(() => void reload(), retryAfterMs);
    return () => {
      clearTimeout(timer);
    };
  }, [error, confirmed, reload]);
}
