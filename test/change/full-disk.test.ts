import {execFileSync} from 'node:child_process';
import {cpSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync} from 'node:fs';
import {join} from 'node:path';

import {afterAll, describe, expect, test} from 'vitest';

import type {Step} from '../../src/model/step.js';
import {machineOf} from '../lab/practice-root.js';
import {EVERY} from '../tools/sampled.js';

import type {ChangeHost} from './change-host.js';
import {changeFleet, isLocked, leftOvers, RUN, steps} from './change-host.js';

const fleet = changeFleet();
afterAll(() => {
  fleet.close();
});

/**
 * Puts a folder on a file system of its own, so small that it fills up; answers how to undo that.
 */
function makeSmall(host: ChangeHost, folder: string, kilobytes: number): () => void {
  const at = host.path(folder);
  mkdirSync(at, {recursive: true});
  const kept = host.path('root/kept');
  cpSync(at, kept, {recursive: true, verbatimSymlinks: true});
  execFileSync(
    'mount',
    ['-t', 'tmpfs', '-o', `size=${kilobytes}k,nr_inodes=400,mode=755`, 'tmpfs', at],
    {
      stdio: 'pipe',
    },
  );
  cpSync(kept, at, {recursive: true, verbatimSymlinks: true});
  return () => {
    execFileSync('umount', ['-l', at]);
  };
}

/** Kilobytes the files of a folder take on a file system with pages of 4 KiB. */
function kilobytesOf(folder: string): number {
  const files = readdirSync(folder, {recursive: true, withFileTypes: true}).filter((entry) =>
    entry.isFile(),
  );
  return files.reduce(
    (sum, {parentPath, name}) => sum + Math.ceil(statSync(join(parentPath, name)).size / 4096) * 4,
    0,
  );
}

/** Takes a host with so small a file system through a run; answers how far it came. */
async function tryOut(
  folder: string,
  kilobytes: number,
  plan: readonly Step[] = [steps.running, steps.boot, steps.rc],
): Promise<string> {
  const host = fleet.open(machineOf('stalled-pflogd'));
  const before = host.snapshot();
  const unmount = makeSmall(host, folder, kilobytes);
  try {
    const begun = await host.begin(plan);
    let state: string = begun.record?.state ?? 'no record';
    if (state === 'waiting') {
      expect(host.snapshot()).not.toEqual(before);
      state = (await host.contact('undo', RUN)).record?.state ?? 'no record';
    }

    expect([kilobytes, state]).toEqual([kilobytes, state === 'none' ? 'none' : 'undone']);
    expect(host.snapshot()).toEqual(before);
    expect(leftOvers(host)).toEqual([]);
    await expect.poll(() => isLocked(host), {timeout: 60_000}).toBe(false);
    return begun.record?.refused?.why ?? begun.record?.state ?? 'no record';
  } finally {
    unmount();
  }
}

/** Takes every entry the file system has left. */
function useUp(folder: string): void {
  for (let n = 0; ; n += 1) {
    try {
      symlinkSync('x', join(folder, `used-${n}`));
    } catch {
      return;
    }
  }
}

const isEqual = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const inEtc = (): number => kilobytesOf(fleet.open(machineOf('stalled-pflogd')).path('etc'));

/** From where nothing begins, through all that may lack a page, to where there is room. */
const ALL_SIZES = [
  4, 80, 120, 140, 148, 152, 156, 160, 164, 168, 172, 176, 180, 184, 188, 192, 200, 256,
];

const mayMount = ((): boolean => {
  try {
    makeSmall(fleet.open(machineOf('healthy')), 'var/db/zbufctl', 64)();
    return true;
  } catch {
    return false;
  }
})();

// Without the right to mount there is no small file system to be had; every-point.test.ts simulates
// it call by call.
describe.skipIf(!mayMount)(
  'a disk that is really full leaves the host as before or as planned',
  () => {
    test.each([
      {
        folder: 'var/db/zbufctl',
        sizes: EVERY ? ALL_SIZES : [4, 140, 160, 168, 172, 176, 184, 192, 256],
      },
      // What is there has to fit; the least leaves no page for anything new.
      {folder: 'etc', sizes: [0, 4, 8, 48].map((more) => inEtc() + more)},
    ])('$folder, in sizes from too small for anything to large enough', async ({folder, sizes}) => {
      const seen = await Promise.all(sizes.map((kilobytes) => tryOut(folder, kilobytes)));

      process.stdout.write(`${folder}, by size: ${seen.join(' ')}\n`);
      expect(seen.at(-1)).toBe('waiting');
      expect(seen[0]).not.toBe('waiting');
      expect(seen).toContain('undone');
    });

    test('/usr/local, while a stalled service is given a mode', async () => {
      const plan = [steps.install, steps.map, steps.restart];
      // Room for the object, for the mapping as well, and for all.
      const sizes = [4, 8, 64];
      const seen = await Promise.all(sizes.map((size) => tryOut('usr/local', size, plan)));

      process.stdout.write(`usr/local, by size: ${seen.join(' ')}\n`);
      expect(seen.at(-1)).toBe('waiting');
      expect(seen[0]).not.toBe('waiting');
    });

    // A link takes no page, only an entry: with none left the decision cannot be made but with what
    // the reserve gives back.
    test.each([
      ['undo', 'undone'],
      ['confirm', 'confirmed'],
    ] as const)('the reserve is given up for the decision to %s', async (what, state) => {
      const host = fleet.open(machineOf('stalled-pflogd'));
      const before = host.snapshot();
      const unmount = makeSmall(host, 'var/db/zbufctl', 1024);
      try {
        expect(
          (await host.begin([steps.running, steps.boot], {confirmSeconds: 600})).record?.state,
        ).toBe('waiting');
        const run = `var/db/zbufctl/${RUN}`;
        expect(existsSync(host.path(`${run}/reserve`))).toBe(true);
        useUp(host.path('var/db/zbufctl'));
        expect(() => {
          symlinkSync('x', host.path('var/db/zbufctl/one-more'));
        }).toThrow(/ENOSPC/);

        expect((await host.contact(what, RUN)).record?.state).toBe(state);

        expect(existsSync(host.path(`${run}/reserve`))).toBe(false);
        expect(isEqual(host.snapshot(), before)).toBe(what === 'undo');
      } finally {
        unmount();
      }
    });
  },
);
