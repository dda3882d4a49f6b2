import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {onTestFinished} from 'vitest';

/** A directory of this test alone, removed when the test ends. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'zbufctl-test-'));
  onTestFinished(() => {
    rmSync(dir, {recursive: true, force: true});
  });
  return dir;
}
