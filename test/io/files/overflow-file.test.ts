import {readdirSync} from 'node:fs';
import {join} from 'node:path';

import {expect, test, vi} from 'vitest';

import {Overflow} from '../../../src/io/files/overflow-file.js';
import {tempDir} from '../store/temp-dir.js';

const bytes = (text: string): Uint8Array => Buffer.from(text);

test('pieces come back, those in memory and those on disk; nobody else sees a file', () => {
  const folder = tempDir();
  vi.stubEnv('TMPDIR', folder);
  const overflow = new Overflow(10);
  const texts = ['in memory', 'x', 'on disk', 'on disk, too', ''];
  const places = texts.map((text) => overflow.put(bytes(text)));
  expect(readdirSync(folder)).toEqual([]);
  const got = [...places].reverse().map((at) => Buffer.from(overflow.get(at)).toString());
  expect(got).toEqual([...texts].reverse());
  overflow.close();
  vi.unstubAllEnvs();
});

test('a temporary folder that is not there is told, with what to do', () => {
  vi.stubEnv('TMPDIR', join(tempDir(), 'gone'));
  const overflow = new Overflow(0);
  expect(() => overflow.put(bytes('x'))).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('it is not there') as string,
      exitCode: 2,
    }),
  );
  vi.unstubAllEnvs();
});
