import assert from 'node:assert/strict';
import test from 'node:test';

import { findings } from '../findings.mjs';
import pragmaOnce from './pragma_once.mjs';

test('a header begins with #pragma once, after comments', () => {
  const texts = {
    'gateway/a.h': '#ifndef A_H\n#define A_H\n#endif\n',
    'gateway/b.h': '// B.\n\n#pragma once\n',
    'gateway/c.h': '// #pragma once\nint c;\n',
    'gateway/d.cc': 'int d;\n',
  };
  assert.deepEqual(findings(pragmaOnce, texts), [
    'gateway/a.h:1 the header has another guard, or none',
    'gateway/c.h:1 the header has another guard, or none',
  ]);
});
