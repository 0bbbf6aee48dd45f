// What a person does in the storefront, in the words of the pages: by role and name.

import { randomUUID } from 'node:crypto';

import { address, password, Shopper } from '../integration/shop.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** A name of nobody. */
export const newEmail = () => `browser-${randomUUID()}@example.com`;

/** @param {Page} page @param {string} [email] */
export async function register(page, email = newEmail()) {
  await page.goto('/register');
  await fillRegistration(page, email);
  return email;
}

/** On the page for registering. @param {Page} page @param {string} email */
export async function fillRegistration(page, email) {
  await page.getByLabel('Your name').fill('Ada Lovelace');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  // An account whose answer was too late exists: the next try is about another one.
  await submitUntilSignedIn(page, 'Create account', () => page.getByLabel('E-mail address').fill(newEmail()));
}

/** @param {Page} page */
export async function signedIn(page) {
  await page.locator('header summary').waitFor();
}

const mostTries = 8;

/**
 * Passwords are slow to hash on purpose, and on a busy machine too slow for the shop's patience: then
 * people press the button again.
 * @param {Page} page
 * @param {string} button
 * @param {() => Promise<void>} onRefused
 */
async function submitUntilSignedIn(page, button, onRefused) {
  for (let tries = 1; ; tries += 1) {
    await page.getByRole('button', { name: button, exact: true }).click();
    const alert = page.locator('form').getByRole('alert');
    const outcome = await Promise.race([
      signedIn(page).then(() => 'in', () => 'in'),
      alert.waitFor().then(() => 'refused', () => 'in'),
    ]);
    if (outcome === 'in') return signedIn(page);
    if (tries === mostTries) throw new Error(`not signed in: ${await alert.innerText()}`);
    await onRefused();
  }
}

/** @param {Page} page @param {string} email */
export async function signIn(page, email) {
  await page.goto('/login');
  await fillSignIn(page, email);
}

/** As the administrator of the demo users. @param {Page} page */
export async function signInAsAdmin(page) {
  await page.goto('/login');
  await fillSignIn(page, 'admin@example.com', 'correct-horse-battery');
}

/** On the page for signing in. @param {Page} page @param {string} email @param {string} [secret] */
export async function fillSignIn(page, email, secret = password) {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(secret);
  await submitUntilSignedIn(page, 'Sign in', async () => {});
}

/** On the product's page. @param {Page} page @param {string} productId @param {number} [quantity] */
export async function addToCart(page, productId, quantity = 1) {
  await page.goto(`/products/${productId}`);
  for (let more = 1; more < quantity; more += 1) {
    await page.getByRole('button', { name: 'One more' }).click();
  }
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await page.getByText(/in your cart/).waitFor();
}

/** On the checkout. @param {Page} page */
export async function fillAddress(page) {
  await page.getByLabel('Full name').fill(address.fullName);
  await page.getByLabel('Street and number').fill(address.line1);
  await page.getByLabel('Town').fill(address.city);
  await page.getByLabel('Postal code').fill(address.postalCode);
  await page.getByLabel('Country').selectOption(address.countryCode);
}

/** @param {Page} page */
export const payButton = (page) => page.getByRole('button', { name: /^Pay / });

/**
 * Somebody who is signed in on `page`, has money, and this product in the cart.
 * @param {Page} page
 * @param {{id: string, price: {minorUnits: string}}} product
 * @param {{quantity?: number}} [options]
 */
export async function readyToPay(page, product, { quantity = 1 } = {}) {
  const shopper = await Shopper.withMoney(quantity * Number(product.price.minorUnits) + 100_000);
  await shopper.add(product.id, quantity);
  await signIn(page, shopper.email);
  await page.goto('/checkout');
  await fillAddress(page);
  await payButton(page).waitFor();
  return shopper;
}

/** Orders of somebody, as the API has them. @param {Shopper} shopper @returns {Promise<any[]>} */
export async function ordersOf(shopper) {
  return (await shopper.get('/api/orders')).body.orders;
}
