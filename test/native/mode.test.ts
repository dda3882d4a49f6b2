import {execFile} from 'node:child_process';
import {mkdtempSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';

import {afterAll, beforeAll, describe, expect, test} from 'vitest';

import type {NativeReport} from '../../src/model/probe.js';
import {expectedMatrix} from '../../src/probe/expected-matrix.js';

import {builtForFreebsd} from './built-for-freebsd.js';
import {DYNAMIC, dynamicEntries, dynamicSymbols, readElf, SEGMENT} from './elf.js';
import {ModelHost, reportOf, run} from './probe-program.js';

const execute = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'zbufctl-mode-'));

/**
 * The row of the truth table a mode makes out of a zero-copy capture that said nothing of
 * inheritance.
 */
const MODES = [
  ['buffered', 'buffer', 'default'],
  ['inherit', 'zbuf', 'share'],
  ['private', 'zbuf', 'none'],
] as const;
const MACHINES = [
  ['amd64', 62],
  ['arm64', 183],
] as const;
const OBJECTS = MODES.flatMap(([mode]) =>
  MACHINES.map(([machine, number]) => [mode, machine, number] as const),
);

afterAll(() => {
  rmSync(folder, {recursive: true});
});

describe('the objects for FreeBSD', () => {
  let built: string;
  beforeAll(async () => {
    built = await builtForFreebsd();
  });

  test.each(OBJECTS)('%s for %s is as rtld needs it', (mode, machine, number) => {
    const file = join(built, `libpcap-${mode}-freebsd-${machine}.so`);
    const elf = readElf(file);

    expect(statSync(file).size).toBeLessThan(4096);
    expect([elf.header.readUInt16LE(16), elf.header.readUInt16LE(18)]).toEqual([3, number]);
    // By its path: with the plain name the object would be mapped to itself.
    expect(dynamicEntries(elf, DYNAMIC.needed).map(({text}) => text)).toEqual([
      '/lib/libpcap.so.8',
    ]);
    expect(dynamicEntries(elf, DYNAMIC.soname).map(({text}) => text)).toEqual([
      `libpcap-${mode}.so`,
    ]);
    // DF_1_INTERPOSE: its ioctl comes before libc's, for libpcap, too.
    expect((dynamicEntries(elf, DYNAMIC.flags1)[0]?.value ?? 0) & 0x400).toBe(0x400);
    expect(dynamicSymbols(elf)).toEqual({defined: ['ioctl'], undefined: ['__error']});
    expect(elf.segments.filter(({flags}) => (flags & 3) === 3)).toEqual([]);
    expect(elf.segments.find(({type}) => type === SEGMENT.stack)?.flags).toBe(6);
  });
});

const PROBE =
  'bench cell channel direction enable inspect json main matrix names out packet progress receive run supervisor traffic worker';
const MODEL = 'bpf filter sys vm world';

const CC = ['-std=c11', '-O1', '-Wall', '-Wextra', '-Werror', '-D_GNU_SOURCE', '-pthread'];

const object = async (
  source: string,
  name: string,
  defines: readonly string[],
): Promise<string> => {
  const to = join(folder, `${name}.o`);
  await execute('cc', [...CC, ...defines, '-c', source, '-o', to]);
  return to;
};

/** All of the probe and the model that is the same in every mode, in one object. */
async function common(): Promise<string> {
  const to = join(folder, 'common.o');
  await execute('cc', [
    ...CC,
    '-r',
    '-nostdlib',
    '-o',
    to,
    ...PROBE.split(' ').map((name) => `native/${name}.c`),
    ...MODEL.split(' ').map((name) => `native/model/${name}.c`),
    await object('native/capture.c', 'capture', [
      '-Dcapture_open=plain_capture_open',
      '-Dsys_ioctl=client_ioctl',
    ]),
    await object('test/native/libpcap-like.c', 'open', []),
  ]);
  return to;
}
let compiled: Promise<string> | undefined;

/** The probe, whose captures go through a mode on their way to the model of the kernel. */
async function buildClient(mode: string): Promise<string> {
  const client = join(folder, `client-${mode}`);
  const defines = ['-Dioctl=mode_ioctl', `-DMODE=MODE_${mode.toUpperCase()}`];
  const own = await object('native/mode/mode.c', mode, defines);
  compiled ??= common();
  await execute('cc', ['-pthread', '-o', client, own, await compiled]);
  return client;
}

describe.skipIf(process.platform !== 'linux').each(MODES)(
  '%s on the model',
  (mode, row, inherit) => {
    const host = new ModelHost(1);
    let report: NativeReport;

    beforeAll(async () => {
      const client = await buildClient(mode);
      report = reportOf(await run(client, ['matrix', '--only', 'zbuf/default'], host.env));
    });
    afterAll(() => {
      host.remove();
    });

    const expected = expectedMatrix.filter((cell) => cell.mode === row && cell.inherit === inherit);

    test.each(expected.map((cell) => [cell.scenario, cell] as const))(
      'a program that asked for zero-copy and %s',
      (scenario, cell) => {
        const found = report.matrix.find((c) => c.scenario === scenario);

        const share = (shares: readonly number[]): number[] =>
          shares.map((s, i) => s * (found?.sent[i] ?? NaN));
        expect(found).toMatchObject({
          verdict: cell.verdict,
          exposed: cell.exposed,
          parent: share(cell.parent),
          child: share(cell.child),
        });
        expect(found?.failure).toBeUndefined();
      },
    );

    test('all nine scenarios were tried', () => {
      expect(report.matrix).toHaveLength(9);
      expect(expected).toHaveLength(9);
    });
  },
);

const linux = process.platform === 'linux' ? test : test.skip;

linux.each(['inherit', 'private'])(
  '%s refuses the capture where the kernel refuses minherit(2)',
  async (mode) => {
    const host = new ModelHost(1);
    const env = {...host.env, CLIENT_NO_MINHERIT: '1'};

    const report = reportOf(
      await run(join(folder, `client-${mode}`), ['matrix', '--only', 'zbuf/default/no-fork'], env),
    );

    expect(report.error).toMatchObject({code: 'system-call', errno: 22});
    expect(report.matrix).toEqual([]);
    host.remove();
  },
);

// The machine code for FreeBSD, its system calls translated one by one (freebsd-on-linux.c).
const translated = process.platform === 'linux' && process.arch === 'x64' ? test : test.skip;

translated('the amd64 code passes calls on, and answers for errno', async () => {
  const translator = join(folder, 'freebsd-on-linux');
  await execute('gcc', ['-O1', '-o', translator, 'test/native/freebsd-on-linux.c']);
  const client = join(folder, 'client-freebsd');
  await execute('sh', ['test/native/build-mode-client.sh', client]);

  const report = reportOf(
    await run(translator, [client, 'matrix', '--allow-enable', '--only', 'zbuf/default']),
  );

  // The translator has no zero-copy; a buffered capture is what is left, and all of it arrives.
  expect(report.matrix).toHaveLength(9);
  expect(report.matrix.map(({verdict}) => verdict)).toEqual(Array(9).fill('delivered'));
});
