// What people do with their account: a second factor from its first day to its last, recovery codes, and the end of
// sessions elsewhere.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, test } from 'node:test';

import { password } from '../integration/shop.mjs';
import { codeOf, passTheSteps } from '../integration/totp.mjs';
import { assertAccessible } from './axe.mjs';
import { closeBrowser, newPage, newVisit, sees } from './browser.mjs';
import { register, signedIn, signIn } from './shopper.mjs';

/** @typedef {import('playwright-core').Page} Page */

after(closeBrowser);

/** @param {Page} page @param {string} name */
const press = (page, name) => page.getByRole('button', { name, exact: true }).click();

/** Turns a factor on. @param {Page} page @param {string} email */
async function enrol(page, email) {
  await page.goto('/account');
  await press(page, 'Set up a second factor');
  await page.getByLabel('Your password').fill(password);
  await press(page, 'Go on');
  await page.getByRole('img', { name: /^QR code/ }).waitFor();
  await assertGood(page, 'enrolment');
  const secret = ((await page.getByLabel('Key', { exact: true }).textContent()) ?? '').replaceAll(' ', '');
  assert.match(secret, /^[A-Z2-7]{32}$/);
  await page.getByLabel('Code from your app').fill(codeOf(secret));
  await press(page, 'Turn it on');
  const codes = page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem');
  await codes.nth(9).waitFor();
  await assertGood(page, 'recovery codes');
  const recoveryCodes = await codes.allTextContents();
  await passTheSteps(email);
  return { secret, recoveryCodes };
}

/** @param {Page} page @param {string} where */
async function assertGood(page, where) {
  await assertAccessible(page, where);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(overflow <= 0, `${where}: ${overflow} px too wide`);
}

/** @param {Page} page */
async function signOut(page) {
  await page.locator('header summary').click();
  await press(page, 'Sign out');
  await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
}

/** To the second step of a sign-in, and through it. @param {Page} page @param {string} email @param {string} code */
async function signInWith(page, email, code) {
  await page.goto('/login');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await press(page, 'Sign in');
  await page.getByLabel('Code', { exact: true }).fill(code);
  await press(page, 'Go on');
}

test('a second factor: on, signed in with it and with a recovery code, off', async (t) => {
  const page = await newPage(t, { colorScheme: 'dark', viewport: { width: 360, height: 740 }, acceptDownloads: true });
  const email = await register(page);
  const { secret, recoveryCodes } = await enrol(page, email);
  const downloading = page.waitForEvent('download');
  await press(page, 'Download');
  const file = await (await downloading).path();
  assert.equal(await readFile(file, 'utf8'), `${recoveryCodes.join('\n')}\n`);
  await press(page, 'I have kept them');
  await sees(page, '10 of 10 recovery codes are left');
  await page.getByText(recoveryCodes[0]).waitFor({ state: 'detached' });

  await signOut(page);
  const used = codeOf(secret);
  await signInWith(page, email, used);
  await signedIn(page);
  await signOut(page);
  await signInWith(page, email, used);
  await sees(page, 'That code did not match');
  await assertGood(page, 'a refused code');
  await page.getByLabel('Code', { exact: true }).fill(recoveryCodes[0].toUpperCase());
  await press(page, 'Go on');
  await signedIn(page);

  await page.goto('/account');
  await sees(page, '9 of 10 recovery codes are left');
  await press(page, 'Turn off');
  await page.getByLabel('Your password').fill(password);
  // Also the form for the password asks for a code now.
  await page.getByRole('region', { name: 'Second factor' }).getByLabel('Code').fill(recoveryCodes[1]);
  await assertGood(page, 'turning it off');
  await press(page, 'Turn it off');
  await page.getByRole('button', { name: 'Set up a second factor' }).waitFor();
  await signOut(page);
  await signIn(page, email);
});

test('a session elsewhere is ended, and so are all others', async (t) => {
  const page = await newPage(t);
  const email = await register(page);
  const phone = await (await newVisit(t, {
    userAgent: 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36',
  })).context.newPage();
  await signIn(phone, email);
  await page.goto('/account');
  await sees(page, 'this one');
  await page.getByRole('button', { name: 'Sign out Chrome on Android' }).click();
  await sees(page, 'Signed out: Chrome on Android');
  await phone.goto('/orders');
  await sees(phone, 'Your session has ended');
  await phone.getByLabel('E-mail address').fill(email);
  await phone.getByLabel('Password').fill(password);
  await press(phone, 'Sign in');
  await signedIn(phone);
  await page.reload();
  await press(page, 'Sign out everywhere else');
  await sees(page, 'Signed out 1 other device');
  await page.getByRole('button', { name: 'Sign out everywhere else' }).waitFor({ state: 'detached' });
  await phone.goto('/orders');
  await sees(phone, 'Your session has ended');
});
