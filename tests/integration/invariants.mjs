// What must hold of the data of all services. The rules are those of `./cartwright audit`, in
// services/*/audit and deploy/audit: there is no second copy of them.

import assert from 'node:assert/strict';
import { cartwright } from './shop.mjs';

/** Waits until every saga is at its end, a minute at most, then checks every rule. */
export async function assertNothingLost() {
  await cartwright('audit', '--quiescent').catch(({ stdout, stderr }) => assert.fail(stdout + stderr));
}
