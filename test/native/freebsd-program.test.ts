import {execFile} from 'node:child_process';
import {createHash} from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';

import {afterAll, beforeAll, expect, test} from 'vitest';

import {prebuiltProbe} from '../../src/io/native/prebuilt-probe.js';
import {compareWithExpected} from '../../src/probe/compare.js';

import {builtForFreebsd} from './built-for-freebsd.js';
import {readElf, SECTION, SEGMENT} from './elf.js';
import {reportOf, run} from './probe-program.js';

const execute = promisify(execFile);
const own = mkdtempSync(join(tmpdir(), 'zbufprobe-freebsd-'));
let folder: string;
const machines = [
  ['amd64', 62],
  ['arm64', 183],
] as const;
const pathOf = (machine: string): string => join(folder, `zbufprobe-freebsd-${machine}`);

beforeAll(async () => {
  folder = await builtForFreebsd();
});

afterAll(() => {
  rmSync(own, {recursive: true});
});

test.each(machines)(
  'the %s program is a static FreeBSD executable of less than 64 KB',
  (machine, number) => {
    const {header, segments, sections} = readElf(pathOf(machine));

    expect(statSync(pathOf(machine)).size).toBeLessThan(64 * 1024);
    expect(header.subarray(0, 8)).toEqual(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 9]));
    expect([header.readUInt16LE(16), header.readUInt16LE(18)]).toEqual([2, number]);
    const types = segments.map(({type}) => type);
    expect(types).toContain(SEGMENT.load);
    expect(types).not.toContain(SEGMENT.interpreter);
    expect(types).not.toContain(SEGMENT.dynamic);
    // No symbols and no relocations at all: nothing is left for a linker to find.
    for (const {type} of sections)
      expect([
        SECTION.symbols,
        SECTION.dynamicSymbols,
        SECTION.relocations,
        SECTION.relocationsWithAddends,
      ]).not.toContain(type);
    // Nothing both writable and executable, the stack least of all.
    expect(segments.filter(({flags}) => (flags & 3) === 3)).toEqual([]);
    expect(segments.find(({type}) => type === SEGMENT.stack)?.flags).toBe(6);
  },
);

test.each(machines)('the %s program carries the note that makes it FreeBSD’s', (machine) => {
  const note = readElf(pathOf(machine)).segments.find(({type}) => type === SEGMENT.note)?.bytes;

  expect(note?.readUInt32LE(0)).toBe(8);
  expect(note?.readUInt32LE(4)).toBe(4);
  expect(note?.readUInt32LE(8)).toBe(1);
  expect(note?.subarray(12, 20).toString('latin1')).toBe('FreeBSD\0');
  expect(note?.readUInt32LE(20)).toBe(1200000);
});

test('the linker leaves no symbol undefined: without the system calls there is no program', async () => {
  const {stdout} = await execute('sh', ['-c', 'grep -c -- --no-undefined native/build-freebsd.sh']);
  expect(Number(stdout)).toBeGreaterThan(0);
});

test('two builds give the same bytes, and SHA256SUMS is theirs', async () => {
  const again = join(own, 'again');
  await execute('sh', [join(process.cwd(), 'native/build-freebsd.sh'), again], {cwd: tmpdir()});

  expect(readdirSync(again).sort()).toEqual([
    'SHA256SUMS',
    ...['buffered', 'inherit', 'private'].flatMap((mode) =>
      machines.map(([machine]) => `libpcap-${mode}-freebsd-${machine}.so`),
    ),
    'zbufprobe-freebsd-amd64',
    'zbufprobe-freebsd-arm64',
  ]);
  for (const name of readdirSync(again))
    expect(readFileSync(join(again, name)).equals(readFileSync(join(folder, name))), name).toBe(
      true,
    );
  const sums = readFileSync(join(folder, 'SHA256SUMS'), 'utf8');
  for (const [machine] of machines) {
    const hash = createHash('sha256')
      .update(readFileSync(pathOf(machine)))
      .digest('hex');
    expect(sums).toContain(`${hash}  zbufprobe-freebsd-${machine}\n`);
  }
});

test.each(machines)('the package gives out the %s program with its checksum', (machine) => {
  const bytes = readFileSync(pathOf(machine));

  expect(prebuiltProbe(machine, folder)).toEqual({
    ok: true,
    value: {
      name: `zbufprobe-freebsd-${machine}`,
      bytes,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    },
  });
});

test('a program that is damaged, missing or not made is not given out', () => {
  const damaged = mkdtempSync(join(own, 'damaged-'));
  writeFileSync(join(damaged, 'zbufprobe-freebsd-amd64'), 'x');
  writeFileSync(join(damaged, 'SHA256SUMS'), readFileSync(join(folder, 'SHA256SUMS')));

  expect(prebuiltProbe('amd64', damaged)).toMatchObject({error: {reason: 'damaged'}});
  expect(prebuiltProbe('aarch64', damaged)).toMatchObject({error: {reason: 'not-built'}});
  expect(prebuiltProbe('riscv64', folder)).toMatchObject({error: {reason: 'no-such-machine'}});
  expect(prebuiltProbe('constructor', folder)).toMatchObject({error: {reason: 'no-such-machine'}});
});

// The program itself, its system calls translated one by one (freebsd-on-linux.c).
const translated = process.platform === 'linux' && process.arch === 'x64' ? test : test.skip;
const translator = join(own, 'freebsd-on-linux');
const program = join(own, 'zbufprobe');

translated(
  'the amd64 program makes FreeBSD’s system calls: buffered captures, every scenario',
  async () => {
    await execute('gcc', [
      '-O1',
      '-Wall',
      '-Wextra',
      '-Werror',
      '-o',
      translator,
      'test/native/freebsd-on-linux.c',
    ]);
    copyFileSync(pathOf('amd64'), program);
    chmodSync(program, 0o755);

    const report = reportOf(
      await run(translator, [program, 'matrix', '--only', 'buffer', '--time-limit', '60']),
    );

    expect(report).toMatchObject({
      kernel: '15.1-PRETENCE',
      machine: 'amd64',
      model: false,
      interface: 'lo0',
    });
    expect(report.error).toBeUndefined();
    expect(report.matrix).toHaveLength(9);
    expect(compareWithExpected(report.matrix, {complete: false})).toEqual([]);
  },
);

translated(
  'the amd64 program sets the sysctl and sets it back, and refuses where it must',
  async () => {
    const told = join(own, 'told');
    const args = [translator, program, '--allow-enable', '--only', 'zbuf/none/spawn'];

    const ended = await run('sh', ['-c', 'exec 3>"$0"; exec "$@"', told, ...args]);

    expect(reportOf(ended)).toMatchObject({
      zerocopyBefore: 0,
      zerocopyAfter: 0,
      enableWindow: {times: 1},
      matrix: [{verdict: 'unsupported', failure: {step: 'set-zero-copy-buffers', errno: 45}}],
    });
    expect(readFileSync(told, 'utf8')).toBe('1\n0\n');
    const refused = await run(translator, [program, 'matrix']);
    expect([refused.code, reportOf(refused).error]).toEqual([1, {code: 'zerocopy-off'}]);
  },
);

translated('the amd64 program reads net.bpf.stats as a 15.1 kernel gives it', async () => {
  const dump = readFileSync(
    'test/captures/freebsd-15.1/pflogd-stalled-zerocopy/net.bpf.stats.hex.txt',
    'utf8',
  );
  const stats = join(own, 'stats');
  writeFileSync(stats, Buffer.from(dump.replace(/^#.*$/gm, '').replace(/\s/g, ''), 'hex'));

  const report = reportOf(await run(translator, [program, 'inspect'], {STATS: stats}));

  expect(report.descriptors).toMatchObject([
    {
      pid: 2240,
      interfaceName: 'pflog0',
      mode: 'zbuf',
      zeroCopies: 736,
      received: 246,
      holdLength: 12460,
    },
  ]);
});
