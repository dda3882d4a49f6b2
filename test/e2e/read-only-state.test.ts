import {execFileSync} from 'node:child_process';
import {chmodSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {expect, onTestFinished, test} from 'vitest';

import {freshFolder, zbufctl} from './cli.js';

/**
 * A folder in which nothing can be made. Undefined: this user can always write, and may not mount.
 */
function readOnlyFolder(): string | undefined {
  const folder = freshFolder();
  if (process.getuid?.() !== 0) {
    chmodSync(folder, 0o555);
    return folder;
  }
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', folder], {stdio: 'pipe'});
  } catch {
    return undefined;
  }
  onTestFinished(() => {
    execFileSync('umount', ['-l', folder]);
  });
  return folder;
}

test.for(['audit', 'plan'])(
  'a state folder that is read-only: %s says so and what to do, and is no defect',
  async (command, {skip}) => {
    const folder = readOnlyFolder();
    if (folder === undefined) return skip('root can write anywhere, and may not mount here');
    const home = freshFolder();
    writeFileSync(
      join(home, 'zbufctl.yaml'),
      'hosts: [{name: fw1, address: 127.0.0.1, port: 1}]\n',
    );

    const ran = await zbufctl([command, '--state-dir', join(folder, 'state')], {cwd: home});

    expect(ran.stderr).toMatch(/the file system is read-only|permission denied/);
    expect(ran.stderr).toContain('--state-dir');
    expect(ran.stderr).not.toMatch(/defect/);
    expect(ran.code).toBe(2);
  },
);
