import assert from 'node:assert/strict';
import test from 'node:test';

import { findings } from '../findings.mjs';
import bannedWords from './banned_words.mjs';

test('names of files and directories', () => {
  const texts = {
    'shared/utils/a.h': '',
    'gateway/json_helper.cc': '',
    'web/src/lib/CartManager.ts': '',
  };
  assert.deepEqual(findings(bannedWords, texts), [
    'shared/utils/a.h:1 "utils" in the path',
    'gateway/json_helper.cc:1 "helper" in the path',
    'web/src/lib/CartManager.ts:1 "manager" in the path',
  ]);
});

test('names of types', () => {
  const texts = {
    'gateway/a.h': '\nclass SessionManager {};\nenum class MiscKind { kA };\n',
    'proto/a.proto': 'message CartData {}\n',
    'web/a.ts': 'export interface CartHelper {}\n',
  };
  assert.deepEqual(findings(bannedWords, texts), [
    'gateway/a.h:2 "manager" in the name of SessionManager',
    'gateway/a.h:3 "misc" in the name of MiscKind',
    'proto/a.proto:1 "data" in the name of CartData',
    'web/a.ts:1 "helper" in the name of CartHelper',
  ]);
});

test('parts of words, comments and other names are let through', () => {
  const texts = {
    'shared/db/database.h': '// struct Data\nclass Database {};\nvoid ReadData();\n',
    'k8s/data/cluster.yaml': '',
  };
  assert.deepEqual(findings(bannedWords, texts), []);
});
