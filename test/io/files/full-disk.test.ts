import {randomBytes} from 'node:crypto';
import {execFileSync, spawnSync} from 'node:child_process';
import {mkdirSync, openSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';

import {afterEach, expect, onTestFinished, test, vi} from 'vitest';

import {Overflow} from '../../../src/io/files/overflow-file.js';
import {overflowShelf} from '../../../src/io/files/overflow-shelf.js';
import {writeTextFile} from '../../../src/io/files/result-file.js';
import {MAIN} from '../../e2e/cli.js';
import {tempDir} from '../store/temp-dir.js';

const canMount = process.platform === 'linux' && process.getuid?.() === 0;
if (!canMount)
  process.stderr.write('SKIPPED: full-disk tests need root on Linux to mount a small tmpfs\n');

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A folder with room for a few pages. */
function smallFolder(): string {
  const folder = join(tempDir(), 'small');
  mkdirSync(folder);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
  onTestFinished(() => void execFileSync('umount', ['-l', folder]));
  return folder;
}

function* hosts(count: number): Iterable<string> {
  for (let i = 0; i < count; i += 1) yield `${i} ${'x'.repeat(1000)}\n`;
}

const noSpace = (where: string, fix: string) =>
  expect.objectContaining({
    message: expect.stringMatching(
      `^cannot write .*${where}: no space left on the device$`,
    ) as string,
    fix,
    exitCode: 2,
  }) as Error;

test.runIf(canMount)(
  'a disk that fills up in the middle of a report: the file is named, and nothing is half-written',
  async () => {
    const folder = smallFolder();
    const file = join(folder, 'report.json');
    await expect(writeTextFile(file, hosts(1000))).rejects.toEqual(
      noSpace('report.json', 'Free some space, or name another file.'),
    );
    expect(readdirSync(folder)).toEqual([]);

    writeFileSync(file, 'of yesterday');
    await expect(writeTextFile(file, hosts(1000))).rejects.toThrow('no space left');
    expect(readdirSync(folder)).toEqual(['report.json']);
    expect(readFileSync(file, 'utf8')).toBe('of yesterday');
  },
);

test.runIf(canMount)(
  'a full temporary folder is named, whoever needs it, and what it was for is not written',
  async () => {
    const folder = smallFolder();
    const file = join(tempDir(), 'report.json');
    vi.stubEnv('TMPDIR', folder);
    const told = noSpace(folder, 'Free some space, or set TMPDIR to another folder.');
    const overflow = new Overflow(0);
    expect(() => {
      for (const host of hosts(1000)) overflow.put(Buffer.from(host));
    }).toThrow(told);
    overflow.close();

    const shelf = overflowShelf(0);
    function* parts(): Iterable<string> {
      // Packing does not help here.
      for (const host of hosts(1000)) {
        shelf.put(randomBytes(500).toString('base64'));
        yield host;
      }
    }
    await expect(writeTextFile(file, parts())).rejects.toEqual(told);
    shelf.close();
    expect(readdirSync(dirname(file))).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  },
);

test.runIf(canMount)('stdout that is full is told once, and is no success', () => {
  const {status, stderr} = spawnSync(process.execPath, [MAIN, 'explain', 'ZBUF-001'], {
    stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    encoding: 'utf8',
  });
  expect(stderr.trim().split('\n')).toEqual([
    expect.stringMatching(/^zbufctl: the result could not be written to stdout: ENOSPC/),
  ]);
  expect(status).toBe(1);
});
