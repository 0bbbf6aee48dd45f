import assert from 'node:assert/strict';
import test from 'node:test';

import { findings, linesOf } from '../findings.mjs';
import serviceSize from './service_size.mjs';

test('a service may have 900 lines of C++, tests and SQL apart', () => {
  const texts = {
    'services/cart/cart_service.cc': linesOf(600),
    'services/cart/cart_service.h': linesOf(300),
    'services/cart/cart_service_test.cc': linesOf(300),
    'services/cart/cart_fixture.h': linesOf(300),
    'services/cart/migrations/0001_create_cart.sql': linesOf(300),
    'services/order/checkout.cc': linesOf(900),
  };
  assert.deepEqual(findings(serviceSize, texts), []);
  texts['services/cart/cart_store.h'] = linesOf(1);
  assert.deepEqual(findings(serviceSize, texts), ['services/cart:1 901 lines, 900 are its budget']);
});

test('the order service may be larger, within its own budget', () => {
  const texts = { 'services/order/checkout.cc': linesOf(3550) };
  assert.deepEqual(findings(serviceSize, texts), []);
  texts['services/order/recovery.cc'] = linesOf(1);
  assert.deepEqual(findings(serviceSize, texts), ['services/order:1 3551 lines, 3550 are its budget']);
});

test('main.cc has 25 lines, the kit 6,290', () => {
  const texts = {
    'services/cart/main.cc': linesOf(26),
    'gateway/main.cc': linesOf(25),
    'shared/kit/kit.cc': linesOf(6291),
    'shared/testing/a_fixture.h': linesOf(100),
  };
  assert.deepEqual(findings(serviceSize, texts), [
    'shared:1 6291 lines, 6290 are its budget',
    'services/cart/main.cc:1 26 lines, 25 are its budget',
  ]);
});
