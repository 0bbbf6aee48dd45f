// What the tabs of one browser tell each other. A tab does not hear itself.

export type TabMessage =
  'signed-in' | 'signed-out' | 'cart-changed' | 'wallet-changed' | 'orders-changed';

const channel =
  typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('cartwright');

export function tellOtherTabs(message: TabMessage): void {
  channel?.postMessage(message);
}

export function onTabMessage(message: TabMessage, listener: () => void): () => void {
  const onMessage = (event: MessageEvent<unknown>) => {
    if (event.data === message) listener();
  };
  channel?.addEventListener('message', onMessage);
  return () => {
    channel?.removeEventListener('message', onMessage);
  };
}

/**
 * Runs `work` while no other tab runs what has the same name. Where the browser has no locks, one
 * tab is all that is safe, and `work` runs at once.
 */
export function withTabLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (!('locks' in navigator)) return work();
  return navigator.locks.request(`cartwright.${name}`, work) as Promise<T>;
}
