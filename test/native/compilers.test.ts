import {execFile} from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';

import {afterAll, expect, test} from 'vitest';

import {nativeProduct} from '../../src/io/native/native-build.js';
import {compareWithExpected} from '../../src/probe/compare.js';

import {reportOf, run} from './probe-program.js';

const execute = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'zbufprobe-compilers-'));
const strict =
  '-std=c11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror'.split(' ');

const inFolder = (path: string): string[] =>
  readdirSync(path)
    .filter((f) => f.endsWith('.c'))
    .map((f) => join(path, f));
const core = inFolder('native');
const everything = [...core, ...inFolder('native/model')];

afterAll(() => {
  rmSync(folder, {recursive: true});
});

test('gcc has nothing to say about the probe and the model', async () => {
  const {stderr} = await execute('gcc', [
    ...strict,
    '-O2',
    '-D_GNU_SOURCE',
    '-pthread',
    '-o',
    join(folder, 'probe'),
    ...everything,
  ]);

  expect(stderr).toBe('');
});

test('the probe compiles for FreeBSD over libc, and the numbers of abi.h are those FreeBSD computes', async () => {
  for (const target of ['x86_64-unknown-freebsd13.0', 'aarch64-unknown-freebsd15.0']) {
    const {stderr} = await execute('clang', [
      `--target=${target}`,
      '-nostdlibinc',
      '-isystem',
      'test/native/freebsd-headers',
      '-DCHECK_XBPF_D',
      ...strict,
      '-fsyntax-only',
      ...core,
    ]);
    expect(stderr).toBe('');
  }
});

test.each(['BUFFERED', 'INHERIT', 'PRIVATE'])(
  'the mode %s compiles for FreeBSD over libc, and its numbers are those FreeBSD computes',
  async (mode) => {
    for (const target of ['x86_64-unknown-freebsd13.0', 'aarch64-unknown-freebsd15.0']) {
      const {stderr} = await execute('clang', [
        `--target=${target}`,
        '-nostdlibinc',
        '-isystem',
        'test/native/freebsd-headers',
        ...strict,
        `-DMODE=MODE_${mode}`,
        '-fsyntax-only',
        'native/mode/mode.c',
      ]);
      expect(stderr).toBe('');
    }
  },
);

test('a wrong number or a wrong member in abi.h does not compile there', async () => {
  const abi = readFileSync('native/abi.h', 'utf8');
  for (const [right, wrong] of [
    ['0x8020426c', '0x8020426d'],
    ['#define ABI_ETIMEDOUT 60', '#define ABI_ETIMEDOUT 110'],
    ['uint16_t bh_hdrlen;', 'uint32_t bh_hdrlen;'],
  ] as const) {
    expect(abi).toContain(right);
    for (const file of ['abi_check.c', 'bsd.h']) cpSync(join('native', file), join(folder, file));
    writeFileSync(join(folder, 'abi.h'), abi.replace(right, wrong));

    const compiled = execute('clang', [
      '--target=x86_64-unknown-freebsd14.0',
      '-nostdlibinc',
      '-isystem',
      'test/native/freebsd-headers',
      '-std=c11',
      '-fsyntax-only',
      join(folder, 'abi_check.c'),
    ]);

    await expect(compiled).rejects.toThrow(/static assertion failed|static_assert failed/);
  }
});

test('clang has nothing to say either, nor its sanitizers in a whole run', async () => {
  const program = join(folder, 'sanitized');
  const {stderr} = await execute('clang', [
    ...strict,
    '-gline-tables-only',
    '-O0',
    '-fsanitize=address,undefined',
    '-fno-sanitize-recover=all',
    '-fno-omit-frame-pointer',
    '-D_GNU_SOURCE',
    '-pthread',
    '-o',
    program,
    ...everything,
  ]);
  expect(stderr).toBe('');
  // The fault handler is the model's own: a store to a copied page is not an error.
  const env = {ASAN_OPTIONS: 'handle_segv=0:detect_leaks=0', UBSAN_OPTIONS: 'print_stacktrace=1'};

  const ended = await run(program, ['matrix', 'bench', 'inspect', '--time-limit', '60'], env);

  expect(ended.stderr).toBe('');
  const report = reportOf(ended);
  expect(report.error).toBeUndefined();
  expect(compareWithExpected(report.matrix)).toEqual([]);
  expect(report.bench).toHaveLength(12);
});

test('a product is built once, and again only when a source is newer', async () => {
  // That the real one makes it is seen by whoever asks for what it made (./probe-program.ts).
  const compiler = join(folder, 'cc-of-nothing');
  writeFileSync(compiler, '#!/bin/sh\nwhile [ "$1" != -o ]; do shift; done\n: >"$2"\n', {
    mode: 0o755,
  });
  const first = await nativeProduct('zbufprobe-model', {folder, compiler});
  expect(first).toEqual({ok: true, value: join(folder, 'zbufprobe-model')});
  // A compiler that would fail is not asked.
  const second = await nativeProduct('zbufprobe-model', {folder, compiler: 'false'});
  expect(second).toEqual(first);

  utimesSync(join(folder, 'zbufprobe-model'), 0, 0);
  const stale = await nativeProduct('zbufprobe-model', {folder, compiler: 'false'});
  expect(stale.ok).toBe(false);
});

test('without a compiler it is said that one is needed, and how to get it', async () => {
  const answer = await nativeProduct('libzbufprobe-model.so', {
    folder: join(folder, 'none'),
    compiler: join(folder, 'no-such-cc'),
  });

  expect(answer).toMatchObject({
    ok: false,
    error: {message: expect.stringContaining('no C compiler') as string},
  });
  expect(answer).toMatchObject({
    error: {fix: expect.stringContaining('apt-get install') as string},
  });
});

test('what a compiler complains of is passed on, and nothing half-made stays', async () => {
  const answer = await nativeProduct('libzbufprobe-model.so', {
    folder: join(folder, 'half'),
    compiler: 'false',
  });

  expect(answer.ok).toBe(false);
  expect(readdirSync(join(folder, 'half'))).toEqual([]);
});
