import {execFileSync, spawn} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {hostname} from 'node:os';
import {join} from 'node:path';

import {afterEach, describe, expect, onTestFinished, test} from 'vitest';

import {withLock} from '../../../src/io/store/lock-file.js';
import {RunStore} from '../../../src/io/store/run-store.js';
import {OperatorError} from '../../../src/model/operator-error.js';
import {evidenceFor, fleetOf} from '../../world.js';
import {compileForChild} from '../../tools/compile-for-child.js';
import {tempDir} from './temp-dir.js';

const runId = (i: number): string => `20261124T0815${String(i).padStart(2, '0')}Z-audit-00ff`;
const quiet = {onNotice: (): void => undefined};

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

interface Child {
  /** Resolves when the child has printed the line. */
  readonly said: (line: string) => Promise<void>;
  readonly kill: () => Promise<void>;
  readonly ended: Promise<number | null>;
  readonly output: () => string;
}

/** Starts test/io/store/store-child.ts, compiled by the test. */
function storeChild(script: string, dir: string, run: string, hosts: number, pauseAt = ''): Child {
  const child = spawn(process.execPath, [script, dir, run, String(hosts), pauseAt], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let text = '';
  const waiting = new Map<string, () => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      for (const [line, resolve] of waiting) if (text.split('\n').includes(line)) resolve();
    });
  }
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return {
    said: (line) =>
      new Promise((resolve, reject) => {
        waiting.set(line, resolve);
        if (text.split('\n').includes(line)) resolve();
        void ended.then(() => {
          reject(new Error(`ended before it said "${line}": ${text}`));
        });
      }),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    ended,
    output: () => text,
  };
}

const CHILD = join(import.meta.dirname, 'store-child.ts');

/** Waits for a condition and lets hardly a moment pass. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

describe('a controller killed with -9', () => {
  test('in the middle of the evidence leaves a store that lists, judges by its chain and takes the next run', async () => {
    const dir = tempDir();
    const child = storeChild(await compileForChild(CHILD), dir, runId(1), 40, 'evidence 17');
    await child.said('evidence 17');
    await child.kill();

    const store = new RunStore(dir, quiet);
    expect(await store.list()).toEqual([{state: 'unfinished', run: runId(1), evidence: 17}]);
    const hosts: string[] = [];
    for await (const {host} of store.evidence(runId(1))) hosts.push(host);
    expect(hosts).toEqual(
      fleetOf(40)
        .hosts.slice(0, 17)
        .map(({host}) => host),
    );

    const writer = await store.begin(runId(2));
    await writer.finish({...fleetOf(3), run: runId(2)});
    expect((await store.list()).map(({state}) => state)).toEqual(['finished', 'unfinished']);
    expect((await store.verifyChain()).firstBroken).toBeUndefined();
  });

  test('at each moment of storing leaves the run either whole or marked as unfinished', async () => {
    const dir = tempDir();
    const store = new RunStore(dir, quiet);
    const script = await compileForChild(CHILD);
    const head = join(dir, 'runs', 'chain-head.json');
    const there = (run: string, file: string): boolean => existsSync(join(dir, 'runs', run, file));
    const moments: readonly (readonly [what: string, reached: (run: string) => boolean])[] = [
      ['evidence', (run) => there(run, 'evidence/fw0030.example.net.json')],
      ['document', (run) => there(run, 'run.json')],
      ['summary', (run) => there(run, 'summary.json')],
      ['announced', (run) => existsSync(head) && readFileSync(head, 'utf8').includes(run)],
      ['chain', (run) => there(run, 'chain.json')],
    ];
    for (const [i, [what, reached]] of moments.entries()) {
      const child = storeChild(script, dir, runId(i), 30);
      await until(() => reached(runId(i)));
      await child.kill();

      const listed = (await store.list())[0];
      expect(listed).toMatchObject({run: runId(i)});
      if (what === 'chain') expect(listed?.state).toBe('finished');
      if (what === 'evidence') expect(listed?.state).toBe('unfinished');
      if (listed?.state === 'finished')
        expect((await store.load(listed.run, 'zbufctl.audit/1')).document.hosts).toHaveLength(30);
      expect(listed?.state).not.toBe('unreadable');
      expect((await store.verifyChain()).firstBroken).toBeUndefined();
    }
    const writer = await store.begin(runId(59));
    await writer.finish({...fleetOf(3), run: runId(59)});
    expect((await store.verifyChain()).head?.run).toBe(runId(59));
  });

  test('while it holds the lock is explained and got over', async () => {
    const dir = tempDir();
    const child = storeChild(await compileForChild(CHILD), dir, runId(1), 1, 'locked');
    await child.said('locked');
    await child.kill();
    expect(existsSync(join(dir, 'runs', 'lock'))).toBe(true);

    const notices: string[] = [];
    const store = new RunStore(dir, {onNotice: (text) => notices.push(text)});
    const writer = await store.begin(runId(2));
    await writer.finish({...fleetOf(1), run: runId(2)});

    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(/stale lock: .*taken by process \d+ at 20.*, which has ended/);
    expect((await store.verifyChain()).firstBroken).toBeUndefined();
  });
});

test('controllers that store at the same time wait for each other and make one chain', async () => {
  const dir = tempDir();
  const script = await compileForChild(CHILD);
  const kids = [1, 2, 3, 4].map((i) => storeChild(script, dir, runId(i), 5));
  const here = Promise.all(
    [11, 12, 13, 14, 15, 16].map(async (i) => {
      const writer = await new RunStore(dir, quiet).begin(runId(i));
      await writer.keepEvidence(evidenceFor({host: 'fw01', address: 'a'}));
      return writer.finish({...fleetOf(1), run: runId(i)});
    }),
  );
  expect(await Promise.all(kids.map(({ended}) => ended))).toEqual([0, 0, 0, 0]);
  await here;

  const check = await new RunStore(dir, quiet).verifyChain();
  expect(check.firstBroken).toBeUndefined();
  expect([...check.runs.values()].map(({state}) => state)).toEqual(Array(10).fill('intact'));
  expect(check.head?.sequence).toBe(10);
});

describe('the lock', () => {
  const options = {waitMs: 100, onNotice: (): void => undefined};

  test('lets one in at a time', async () => {
    const path = join(tempDir(), 'lock');
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({length: 10}, () =>
        withLock(path, {...options, waitMs: 30_000}, async () => {
          inside += 1;
          most = Math.max(most, inside);
          await new Promise(setImmediate);
          inside -= 1;
        }),
      ),
    );
    expect(most).toBe(1);
    expect(existsSync(path)).toBe(false);
  });

  test('of a living process is not broken: the error names the process and the way out', async () => {
    const path = join(tempDir(), 'lock');
    await withLock(path, options, async () => {
      const second = withLock(path, options, () => Promise.resolve('in'));
      await expect(second).rejects.toThrow(`held by process ${process.pid} on ${hostname()}`);
      await expect(withLock(path, options, () => Promise.resolve())).rejects.toBeInstanceOf(
        OperatorError,
      );
    });
  });

  test('of another machine, or one that says nothing, is not broken', async () => {
    const path = join(tempDir(), 'lock');
    const gone = execFileSync('sh', ['-c', 'echo $$'], {encoding: 'utf8'}).trim();
    const owner = {pid: Number(gone), host: 'elsewhere', since: '2026', nonce: '0123456789abcdef'};
    for (const text of [JSON.stringify(owner), '', '{"pid": -1}']) {
      writeFileSync(path, text);
      await expect(withLock(path, options, () => Promise.resolve())).rejects.toThrow('is held by');
      expect(readFileSync(path, 'utf8')).toBe(text);
    }
    writeFileSync(path, JSON.stringify({...owner, host: hostname()}));
    expect(await withLock(path, options, () => Promise.resolve('in'))).toBe('in');
    expect(readdirSync(join(path, '..'))).toEqual([]);
  });

  test('is given back when the work fails', async () => {
    const path = join(tempDir(), 'lock');
    await expect(withLock(path, options, () => Promise.reject(new Error('no')))).rejects.toThrow(
      'no',
    );
    expect(existsSync(path)).toBe(false);
  });
});

const canMount = process.platform === 'linux' && process.getuid?.() === 0;
if (!canMount)
  process.stderr.write('SKIPPED: the full-disk test needs root on Linux to mount a small tmpfs\n');

test.skipIf(!canMount)(
  'a full disk is said so, and what is there stays whole and listable',
  async () => {
    const dir = join(tempDir(), 'small');
    mkdirSync(dir);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', dir]);
    onTestFinished(() => void execFileSync('umount', [dir]));
    const store = new RunStore(dir, quiet);
    const first = await store.begin(runId(1));
    await first.keepEvidence(evidenceFor({host: 'fw01', address: 'a'}));
    await first.finish({...fleetOf(1), run: runId(1)});

    const writer = await store.begin(runId(2));
    let kept = 0;
    const fill = async (): Promise<void> => {
      for (const host of fleetOf(100).hosts) {
        await writer.keepEvidence(evidenceFor(host));
        kept += 1;
      }
    };
    await expect(fill()).rejects.toThrow(/cannot store evidence.*no space left/);
    await expect(writer.finish({...fleetOf(100), run: runId(2)})).rejects.toThrow(OperatorError);

    expect(kept).toBeGreaterThan(2);
    expect(await store.list()).toMatchObject([
      {state: 'unfinished', run: runId(2), evidence: kept},
      {state: 'finished', run: runId(1)},
    ]);
    for await (const evidence of store.evidence(runId(2)))
      expect(evidence.schema).toBe('zbufctl.evidence/1');
    expect((await store.load(runId(1), 'zbufctl.audit/1')).finished).toBe(true);
    expect((await store.verifyChain()).firstBroken).toBeUndefined();
  },
);
