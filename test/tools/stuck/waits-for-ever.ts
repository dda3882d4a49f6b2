// A test as the reporter has to end it: the worker waits inside a call.
import {execFileSync} from 'node:child_process';

import {test} from 'vitest';

test('a program that never ends', () => {
  execFileSync('sleep', [process.env['ZBUFCTL_TEST_SLEEP'] ?? '']);
});
