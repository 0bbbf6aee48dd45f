// The points that docs/reliability.md names, by the row of the fault matrix: they are run first and every
// time, and must fire.

/** @type {[row: number, point: string, action: string][]} of an order that is bought */
export const pinned = [
  [3, 'order.commit.place_order.after', 'kill'],
  [25, 'order.commit.decide_saga.before', 'stop'],
  [24, 'order.commit.decide_saga.after', 'kill'],
  [12, 'catalog.commit.reserve_stock.after', 'kill'],
  [20, 'wallet.commit.reserve_hold.after', 'kill'],
  [27, 'order.reply.Checkout', 'kill'],
  [28, 'order.send.BatchCaptureHolds.after', 'kill'],
  [29, 'order.commit.confirm_sagas.before', 'kill'],
  [30, 'wallet.commit.capture_holds.after', 'kill'],
  [2, 'order.commit.place_order.before', 'kill'],
  [10, 'order.send.ReserveStock.before', 'kill'],
  [11, 'catalog.commit.reserve_stock.before', 'kill'],
  [12, 'catalog.reply.ReserveStock', 'drop_reply'],
  [20, 'wallet.reply.ReserveHold', 'drop_reply'],
  [23, 'order.commit.decide_saga.before', 'kill'],
  [26, 'order.commit.decide_saga.after', 'stop'],
  [28, 'order.send.BatchCommitStock.before', 'kill'],
  [30, 'wallet.commit.capture_holds.before', 'kill'],
  [37, 'order.send.RemoveOrderedItems.before', 'kill'],
];
