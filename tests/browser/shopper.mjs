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
  await page.getByRole('button', { name: 'Create account' }).click();
  await signedIn(page);
}

/** @param {Page} page */
export async function signedIn(page) {
  await page.locator('header summary').waitFor();
}

/** @param {Page} page @param {string} email */
export async function signIn(page, email) {
  await page.goto('/login');
  await fillSignIn(page, email);
}

/** On the page for signing in. @param {Page} page @param {string} email @param {string} [secret] */
export async function fillSignIn(page, email, secret = password) {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(secret);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await signedIn(page);
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
