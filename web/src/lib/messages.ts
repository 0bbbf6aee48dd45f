// What the shop's reasons mean to a shopper, and what they can do about it.
import type { ApiError } from './api-error';

export interface Message {
  title: string;
  text: string;
}

type Explain = (error: ApiError) => Message;

const say =
  (title: string, text: string): Explain =>
  () => ({ title, text });

const byReason: Record<string, Explain> = {
  // Accounts
  EMAIL_TAKEN: say('This address has an account', 'Sign in instead, or use another address.'),
  INVALID_CREDENTIALS: say(
    'That did not match',
    'The password is wrong, or the address that it belongs to. Please check and try again.',
  ),
  ACCOUNT_LOCKED: say(
    'Too many attempts',
    'Passwords and codes are not looked at for now. Please try again in a few minutes.',
  ),
  REFRESH_RACED: say(
    'One moment',
    'Another window of yours is just being signed in; this one follows by itself.',
  ),
  SECOND_FACTOR_REQUIRED: say('A code is needed', 'Please enter a code of your second factor too.'),
  WRONG_CODE: say(
    'That code did not match',
    'Each code is good once. Wait for the next one, or check the clock of your device.',
  ),
  CHALLENGE_EXPIRED: say('That took too long', 'Please go back and enter your password again.'),
  ENROLMENT_EXPIRED: say('That took too long', 'Please load the page again and start over.'),
  SECOND_FACTOR_ON: say('It is on already', 'It was turned on in another window.'),
  SECOND_FACTOR_OFF: say('It is off already', 'It was turned off in another window.'),
  LOGIN_NOT_STARTED: say(
    'Please start again',
    'This sign-in was not started in this browser, or too long ago.',
  ),
  PROVIDER_REFUSED: say('That did not work', 'The provider did not confirm who you are.'),
  PROVIDER_UNAVAILABLE: say('The provider is away', 'It does not answer; please try again later.'),
  CLIENT_UNKNOWN: say('Unknown application', 'The shop does not know who sent you here.'),
  REDIRECT_URI_UNKNOWN: say(
    'Not from here',
    'The application that sent you here has not registered where it wants you back.',
  ),
  INSUFFICIENT_SCOPE: say('Not for this account', 'This page is for administrators of the shop.'),
  ORIGIN_NOT_ALLOWED: say('Not from here', 'Please open the shop by its own address.'),
  // Cart
  LINE_LIMIT: say('99 is the limit', 'A cart takes at most 99 pieces of one product.'),
  CART_FULL: say('The cart is full', 'A cart takes at most 100 different products.'),
  EMPTY_CART: say(
    'The cart is empty',
    'It was emptied in another place. If it was paid for there, it is among your orders; here nothing was charged.',
  ),
  CART_CHANGED: say(
    'The cart has changed',
    'It was changed in another place; or paid for there, and then it is among your orders. Here nothing was charged.',
  ),
  PRICE_CHANGED: say(
    'A price has changed',
    'The new total is shown below. Please look at it again; nothing was charged.',
  ),
  // Orders
  OUT_OF_STOCK: outOfStock,
  INSUFFICIENT_FUNDS: say(
    'Not enough in the wallet',
    'Nothing was charged. Add money to the wallet and pay again.',
  ),
  CART_ALREADY_ORDERED: say('Ordered already', 'This cart was paid for before, and only once.'),
  CHECKOUT_TIMED_OUT: say(
    'That took too long',
    'The order was called off and nothing was charged. Please pay again.',
  ),
  ORDER_TOO_LARGE: say('Too large an order', 'Please split it into smaller ones.'),
  ORDER_IN_PROGRESS: say('One moment', 'Your last order is still being worked on.'),
  ORDER_CANCELLED: say('The order was cancelled', 'Nothing was charged.'),
  ORDER_NOT_CANCELLABLE: say(
    'It cannot be cancelled',
    'The order was refused, so there is nothing to pay back; or we are looking at it already.',
  ),
  IDEMPOTENCY_KEY_REUSED: say(
    'Sent before',
    'This was sent before with other contents. Start over.',
  ),
  // Administration
  PRODUCT_CHANGED: say(
    'Changed meanwhile',
    'Somebody else has changed this product. It is shown as it is now; please look at it again.',
  ),
  STOCK_RESERVED: ({ metadata }) => ({
    title: 'Reserved by open orders',
    text: `Of the ${metadata['onHand'] ?? ''} pieces, ${metadata['reserved'] ?? ''} are reserved; no fewer can be left.`,
  }),
  SAGA_DECIDED: say('Decided already', 'The saga is decided; that is never taken back.'),
  SAGA_ENDED: say('At its end', 'The saga is at its end; there is nothing left to do.'),
  SAGA_NOT_SPLIT: say('No split decision', 'Only a dead saga that aborts can be resolved forward.'),
  PARTICIPANT_LET_GO: say('Cannot go forward', 'Money or stock has been let go of already.'),
  SECOND_OPERATOR_NEEDED: say('Needs a second person', 'Another administrator must agree.'),
  // Anything
  RESOURCE_NOT_FOUND: say('Not found', 'It does not exist, or not any more.'),
  RATE_LIMITED: say(
    'A little slower, please',
    'There were too many requests. Try again in a moment.',
  ),
  PAGE_TOKEN_INVALID: say('The list has changed', 'Please load it again from the start.'),
};

function outOfStock({ metadata }: ApiError): Message {
  const name = metadata['productName'];
  const available = metadata['available'];
  const what = name ? `“${name}”` : 'Something in the cart';
  if (!available || available === '0') {
    return { title: 'Sold out', text: `${what} is not available any more. Nothing was charged.` };
  }
  const pieces = available === '1' ? 'is only 1' : `are only ${available}`;
  return {
    title: 'Not enough in stock',
    text: `There ${pieces} of ${name ? what : 'a product'} left. Nothing was charged.`,
  };
}

const tryAgain = 'Please try again in a moment.';

/** A sentence for people about any failure, which promises another try only of what `isRepeated` by itself. */
export function explain(error: ApiError, isRepeated = true): Message {
  const known = byReason[error.reason];
  if (known) return known(error);
  if (error.isUnanswered) return noAnswer(isRepeated);
  if (error.status === 401) {
    return { title: 'Please sign in again', text: 'Your session has ended. Nothing is lost.' };
  }
  if (error.status >= 500) {
    return {
      title: 'This part of the shop is taking a break',
      text: isRepeated ? 'It will be back in a moment; we keep trying.' : tryAgain,
    };
  }
  if (error.violations.length) {
    return {
      title: 'Please check what you entered',
      text: error.violations.map(({ field, description }) => `${field} ${description}`).join('; '),
    };
  }
  return { title: 'That did not work', text: error.message };
}

/** The same about what is not tried again by itself. */
export function explainOnce(error: ApiError): Message {
  return explain(error, false);
}

function noAnswer(isRepeated: boolean): Message {
  const [title, promise] = navigator.onLine
    ? ['No answer from the shop', 'It may be back in a moment; we keep trying.']
    : ['You are offline', 'We go on as soon as the connection is back.'];
  return { title, text: isRepeated ? promise : tryAgain };
}
