import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterAll, beforeAll, expect, test} from 'vitest';

import {loadNativeProbe} from '../../src/io/native/native-probe.js';
import type {NativeReport} from '../../src/model/probe.js';
import {describeProbeError} from '../../src/probe/describe-error.js';

import {built, reportOf, run} from './probe-program.js';

const folder = mkdtempSync(join(tmpdir(), 'zbufprobe-decode-'));
let program: string;
let library: string;

beforeAll(async () => {
  program = await built('zbufprobe-model');
  library = await built('libzbufprobe-model.so');
});

afterAll(() => {
  rmSync(folder, {recursive: true});
});

const dumps = readdirSync('test/captures', {recursive: true, encoding: 'utf8'})
  .filter((f) => f.endsWith('net.bpf.stats.hex.txt'))
  .sort();

/** The bytes of a dump, and the values its author printed. */
function readDump(file: string): {bytes: Buffer; printed: Record<string, string>} {
  const lines = readFileSync(join('test/captures', file), 'utf8').split('\n');
  const hex = lines.filter((line) => /^[0-9a-f]+$/.test(line)).join('');
  const decoded = lines.find((line) => line.startsWith('# decoded: ')) ?? '';
  return {
    bytes: Buffer.from(hex, 'hex'),
    printed: Object.fromEntries(
      [...decoded.matchAll(/(\w+)=(\S+)/g)].map(([, k = '', v = '']) => [k, v] as const),
    ),
  };
}

async function decodeWithProgram(bytes: Buffer): Promise<NativeReport> {
  const file = join(folder, 'stats');
  writeFileSync(file, bytes);
  return reportOf(await run(program, ['decode', file]));
}

test('there are dumps of both releases', () => {
  expect(dumps.length).toBeGreaterThanOrEqual(5);
  expect(new Set(dumps.map((file) => file.split('/')[0]))).toEqual(
    new Set(['freebsd-13.2', 'freebsd-15.1']),
  );
});

test.each(dumps)('net.bpf.stats of %s decodes to the printed values', async (file) => {
  const {bytes, printed} = readDump(file);

  const {descriptors, descriptorTotal, error} = await decodeWithProgram(bytes);

  expect([error, descriptorTotal]).toEqual([undefined, 1]);
  expect(descriptors).toEqual([
    {
      pid: Number(printed['pid']),
      interfaceName: printed['if'],
      mode: printed['bufmode'] === '2' ? 'zbuf' : 'buffer',
      received: Number(printed['rcount']),
      dropped: Number(printed['dcount']),
      matched: Number(printed['fcount']),
      storeLength: Number(printed['slen']),
      holdLength: Number(printed['hlen']),
      bufferSize: Number(printed['bufsize']),
      zeroCopies: Number(printed['zcopy']),
      direction: Number(printed['dir']),
      promiscuous: printed['promisc'] === '1',
      immediate: false,
      locked: printed['locked'] === '1',
    },
  ]);
});

test('the library decodes like the program, one record and several', async () => {
  const all = Buffer.concat(dumps.map((file) => readDump(file).bytes));

  const fromLibrary = loadNativeProbe(library).decode(all);

  expect(fromLibrary.descriptors).toHaveLength(dumps.length);
  expect(fromLibrary).toEqual(await decodeWithProgram(all));
});

test('another struct size is refused by its number, and nothing is decoded', async () => {
  const {bytes} = readDump(dumps[0]!);
  bytes.writeUInt32LE(176, 0);

  const report = await decodeWithProgram(Buffer.concat([bytes, Buffer.alloc(8)]));

  expect(report.error).toEqual({code: 'bad-structsize', found: 176});
  expect(report.descriptors).toBeUndefined();
  expect(describeProbeError(report.error!).message).toContain('(found 176)');
});

test('a wrong size in the second record is refused as well', () => {
  const {bytes} = readDump(dumps[0]!);
  const second = Buffer.from(bytes);
  second.writeUInt32LE(0, 0);

  const report = loadNativeProbe(library).decode(Buffer.concat([bytes, second]));

  expect([report.error?.code, report.descriptors]).toEqual(['bad-structsize', undefined]);
});

test.each([1, 3, 100, 167, 169, 335])('%i bytes are not whole records', async (length) => {
  const {bytes} = readDump(dumps[0]!);

  const report = await decodeWithProgram(Buffer.concat([bytes, bytes]).subarray(0, length));

  expect(report.error).toEqual({code: 'bad-length', found: length});
});

test('no bytes are no descriptors, which is an answer', async () => {
  expect(await decodeWithProgram(Buffer.alloc(0))).toMatchObject({
    descriptors: [],
    descriptorTotal: 0,
  });
});
