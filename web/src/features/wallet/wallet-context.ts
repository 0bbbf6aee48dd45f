import { createContext, useContext } from 'react';

import { noWallet, type WalletState } from './wallet-state';

export interface WalletValue extends WalletState {
  /** Asks the shop again, here and in the other tabs. */
  reload: () => Promise<void>;
}

export const WalletContext = createContext<WalletValue>({
  ...noWallet,
  reload: () => Promise.resolve(),
});

export function useWallet(): WalletValue {
  return useContext(WalletContext);
}
