import {expect, test} from 'vitest';

import {openProbe} from '../../../src/io/native/open-probe.js';

// What Node and koffi 3.3.4 say without the package, and without its part for this system.
test.each([
  "Cannot find package 'koffi' imported from /usr/local/lib/node_modules/zbufctl/dist/src/x.js",
  'Cannot find the native Koffi module; did you bundle it correctly?',
])('without koffi the operator is told what to install: %s', async (message) => {
  const opened = await openProbe('/nowhere.so', async () => Promise.reject(new Error(message)));
  expect(opened).toMatchObject({
    ok: false,
    error: {message: expect.stringMatching(/^koffi is not installed/) as string, detail: message},
  });
});

test('another failure to load is a defect and stays one', async () => {
  const broken = openProbe('/nowhere.so', async () =>
    Promise.reject(new Error('x is not defined')),
  );
  await expect(broken).rejects.toThrow('x is not defined');
});
