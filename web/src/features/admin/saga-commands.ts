import { forceAbortSaga, resolveSaga, retrySaga } from './api/command-saga';
import type { Saga } from '@/types/api';

export interface SagaCommand {
  name: string;
  explanation: string;
  isDangerous: boolean;
  /** Whether the saga's state leaves it open; the shop has the last word. */
  isOffered: (saga: Saga) => boolean;
  /** What to say when it is done. */
  run: (orderId: string, note: string) => Promise<string>;
}

const endStates = ['CONFIRMED', 'CANCELLED', 'REFUNDED'];

export const sagaCommands: readonly SagaCommand[] = [
  {
    name: 'Retry',
    explanation: 'Has the saga driven again, now and in its direction.',
    isDangerous: false,
    isOffered: ({ state, dead }) => dead || !endStates.includes(state),
    run: async (orderId, note) => {
      await retrySaga(orderId, note);
      return 'The saga is driven again';
    },
  },
  {
    name: 'Force abort',
    explanation: 'Calls an undecided order off. The shopper pays nothing.',
    isDangerous: true,
    isOffered: ({ state }) => state === 'RESERVING',
    run: async (orderId, note) => {
      await forceAbortSaga(orderId, note);
      return 'The order is called off';
    },
  },
  {
    name: 'Roll forward',
    explanation:
      'Turns a split decision forward: money or stock was taken, though the saga aborts. Two administrators must agree within 24 hours.',
    isDangerous: true,
    isOffered: ({ state, dead }) => dead && state === 'ABORTING',
    run: async (orderId, note) => {
      const { applied } = await resolveSaga(orderId, note);
      return applied ? 'The order goes forward' : 'Proposed; somebody else must agree';
    },
  },
];
