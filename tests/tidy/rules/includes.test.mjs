import assert from 'node:assert/strict';
import test from 'node:test';

import { findings } from '../findings.mjs';
import includes from './includes.mjs';

const include = (path) => `#pragma once\n#include "${path}"\n`;

test('what each layer may stand on', () => {
  const texts = {
    'services/cart/a.cc': include('services/cart/a.h') + include('shared/db/workers.h'),
    'services/cart/b.cc':
      include('cartwright/catalog/v1/catalog.pb.h') + include('absl/time/time.h'),
    'services/cart/a_test.cc': include('shared/testing/postgres_fixture.h'),
    'services/cart/fake_catalog.h': include('shared/testing/service_fixture.h'),
    'gateway/a.cc': include('gateway/uri.h') + include('shared/rpc/call.h'),
    'shared/base/status.h': include('cartwright/api/v1/error_reason.pb.h'),
    'shared/base/uuid_test.cc': include('shared/testing/status_matchers.h'),
    'tests/load/a.cc': include('gateway/uri.h'),
  };
  assert.deepEqual(findings(includes, texts), []);
});

test('and what not', () => {
  const texts = {
    'services/cart/a.cc': include('services/catalog/a.h'),
    'services/cart/a_test.cc': include('gateway/uri.h'),
    'gateway/a.cc': include('services/order/checkout.h'),
    'shared/kit/kit.h': include('services/order/checkout.h'),
    'shared/base/uuid.h': include('shared/db/workers.h'),
    'shared/base/uuid.cc': include('cartwright/cart/v1/cart.pb.h'),
    'services/cart/b.cc': include('shared/testing/postgres_fixture.h'),
    'services/cart/c.cc': include('c.h'),
    'services/cart/d.cc': include('../order/checkout.h'),
  };
  assert.deepEqual(findings(includes, texts), [
    'services/cart/a.cc:2 it may not include services/catalog/a.h',
    'services/cart/a_test.cc:2 it may not include gateway/uri.h',
    'gateway/a.cc:2 it may not include services/order/checkout.h',
    'shared/kit/kit.h:2 it may not include services/order/checkout.h',
    'shared/base/uuid.h:2 it may not include shared/db/workers.h',
    'shared/base/uuid.cc:2 it may not include cartwright/cart/v1/cart.pb.h',
    'services/cart/b.cc:2 only tests and fixtures include shared/testing/postgres_fixture.h',
    'services/cart/c.cc:2 "c.h" is not a path from the root',
    'services/cart/d.cc:2 "../order/checkout.h" is not a path from the root',
  ]);
});
