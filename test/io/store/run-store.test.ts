import {createHash} from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';

import {describe, expect, test} from 'vitest';

import {RunStore} from '../../../src/io/store/run-store.js';
import {OperatorError} from '../../../src/model/operator-error.js';
import {canonicalJson} from '../../../src/text/canonical-json.js';
import {schemaComplaints} from '../../json-schema.js';
import {evidenceFor, fleetOf, HOSTILE, hostileFleet, makeRun, oneOfEach} from '../../world.js';
import {tempDir} from './temp-dir.js';

const RUN = '20261124T081500Z-audit-3f9a';
const open = (dir: string): RunStore =>
  new RunStore(dir, {
    onNotice: (text) => {
      throw new Error(`no notice expected: ${text}`);
    },
  });

/** Stores a run of a fleet with evidence for every host. */
async function storeRun(store: RunStore, run = RUN, fleet = oneOfEach()): Promise<void> {
  const writer = await store.begin(run);
  for (const host of fleet.hosts) await writer.keepEvidence(evidenceFor(host));
  await writer.finish({...fleet, run});
}

const filesBelow = (dir: string): string[] =>
  readdirSync(dir, {recursive: true, encoding: 'utf8'}).map((name) => join(dir, name));

const runId = (i: number, kind = 'audit'): string =>
  `20261124T${String(i).padStart(6, '0')}Z-${kind}-00ff`;

describe('storing', () => {
  test('what was stored comes back, with its evidence', async () => {
    const store = open(tempDir());
    await storeRun(store);

    expect(await store.load(RUN, 'zbufctl.audit/1')).toEqual({
      finished: true,
      document: oneOfEach(),
    });
    const hosts: string[] = [];
    for await (const evidence of store.evidence(RUN)) hosts.push(evidence.host);
    expect(hosts.sort()).toEqual(
      oneOfEach()
        .hosts.map(({host}) => host)
        .sort(),
    );
  });

  test('evidence is hashed as canonical JSON, and stored so that sha256sum gives the same', async () => {
    const dir = tempDir();
    const writer = await open(dir).begin(RUN);
    const evidence = evidenceFor({host: 'fw01', address: '192.0.2.1'});

    const hash = await writer.keepEvidence(evidence);

    const bytes = readFileSync(join(dir, 'runs', RUN, 'evidence', 'fw01.json'));
    expect(bytes.toString()).toBe(canonicalJson(evidence));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(hash);
  });

  test('every directory is 0700 and every file 0600, whatever the umask', async () => {
    const dir = join(tempDir(), 'state');
    const umask = process.umask(0);
    try {
      await storeRun(open(dir));
    } finally {
      process.umask(umask);
    }
    for (const path of [dir, ...filesBelow(dir)]) {
      const stat = statSync(path);
      expect(`${path} ${(stat.mode & 0o777).toString(8)}`).toBe(
        `${path} ${stat.isDirectory() ? '700' : '600'}`,
      );
    }
  });

  test('a runs directory that was open to others is closed', async () => {
    const dir = tempDir();
    mkdirSync(join(dir, 'runs'));
    chmodSync(join(dir, 'runs'), 0o777);
    await storeRun(open(dir));
    expect(statSync(join(dir, 'runs')).mode & 0o777).toBe(0o700);
  });

  test('hostile host names become plain file names inside the run, one each', async () => {
    const dir = tempDir();
    const store = open(dir);
    const names = [
      ...Object.values(HOSTILE),
      '..',
      '.',
      'a/b',
      'a%002Fb',
      'A',
      '%',
      '.hidden',
      'x'.repeat(300),
      'x'.repeat(301),
    ];
    const writer = await store.begin(RUN);
    for (const host of names) await writer.keepEvidence(evidenceFor({host, address: 'a'}));
    await writer.finish({...hostileFleet(), run: RUN});

    const files = readdirSync(join(dir, 'runs', RUN, 'evidence'));
    expect(files).toHaveLength(names.length);
    expect(files.filter((file) => !/^[A-Za-z0-9%_-][A-Za-z0-9%._-]*\.json$/.test(file))).toEqual(
      [],
    );
    expect(readdirSync(dir)).toEqual(['runs']);
    const back: string[] = [];
    for await (const {host} of store.evidence(RUN)) back.push(host);
    expect(back.sort()).toEqual([...names].sort());
    expect((await store.verifyChain()).firstBroken).toBeUndefined();
  });

  test('nothing is created before a run begins, and a listing of nothing is empty', async () => {
    const dir = join(tempDir(), 'state');
    expect(await open(dir).list()).toEqual([]);
    expect(await open(dir).latest()).toBeUndefined();
    expect(existsSync(dir)).toBe(false);
  });

  test('the same id twice is refused', async () => {
    const store = open(tempDir());
    await storeRun(store);
    await expect(store.begin(RUN)).rejects.toThrow(OperatorError);
  });

  test('no temporary file and no lock is left', async () => {
    const dir = tempDir();
    await storeRun(open(dir));
    const left = filesBelow(dir).filter((path) => /\.tmp$|\/lock|unfinished/.test(path));
    expect(left).toEqual([]);
  });

  test('a state directory that is a file is explained', async () => {
    const file = join(tempDir(), 'file');
    writeFileSync(file, '');
    await expect(open(file).begin(RUN)).rejects.toThrow(/cannot store runs in .*not a directory/);
  });

  test('summary and chain keep to their schemas', async () => {
    const dir = tempDir();
    await storeRun(open(dir));
    for (const [name, definition] of [
      ['summary', 'summary'],
      ['chain', 'chain'],
    ]) {
      const document: unknown = JSON.parse(
        readFileSync(join(dir, 'runs', RUN, `${name}.json`), 'utf8'),
      );
      expect(
        schemaComplaints('src/report/runs.schema.json', `#/$defs/${definition}`)(document),
      ).toEqual([]);
    }
  });
});

describe('finding', () => {
  test('runs are listed newest first with what they came to', async () => {
    const store = open(tempDir());
    for (const i of [2, 1, 3]) await storeRun(store, runId(i));

    const listed = await store.list();
    expect(listed.map(({run}) => run)).toEqual([runId(3), runId(2), runId(1)]);
    expect(listed[0]).toMatchObject({
      state: 'finished',
      summary: {kind: 'audit', hosts: 8, totals: {broken: 1}},
    });
    expect(await store.latest()).toBe(runId(3));
    expect(await store.latest('probe')).toBeUndefined();
  });

  test('a thousand runs are listed without reading their documents', async () => {
    const dir = tempDir();
    const store = open(dir);
    await storeRun(store, runId(0));
    const source = join(dir, 'runs', runId(0));
    const summary = JSON.parse(readFileSync(join(source, 'summary.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    for (let i = 1; i < 1000; i++) {
      const target = join(dir, 'runs', runId(i));
      mkdirSync(target);
      writeFileSync(join(target, 'summary.json'), JSON.stringify({...summary, run: runId(i)}));
      writeFileSync(join(target, 'chain.json'), 'not read by a listing');
      // Neither is the document: reading this one would fail.
      mkdirSync(join(target, 'run.json'));
    }

    const begun = performance.now();
    const listed = await store.list();
    const took = performance.now() - begun;

    expect(listed).toHaveLength(1000);
    expect(listed.every(({state}) => state === 'finished')).toBe(true);
    expect(took).toBeLessThan(5000);
  });

  test('an id may be shortened as long as it names one run', async () => {
    const store = open(tempDir());
    for (const i of [11, 12, 21]) await storeRun(store, runId(i), makeRun([]));

    expect(await store.resolve('20261124T000021')).toBe(runId(21));
    expect(await store.resolve(runId(11))).toBe(runId(11));
    expect(await store.resolve('latest')).toBe(runId(21));
    await expect(store.resolve('20261124T00001')).rejects.toThrow(
      `2 runs: ${runId(11)}, ${runId(12)}`,
    );
    await expect(store.resolve('2025')).rejects.toThrow('no run "2025"');
    await expect(store.resolve('')).rejects.toThrow('no run ""');
    await expect(store.resolve('../../etc')).rejects.toThrow('no run');
    await expect(store.resolve('latest', 'apply')).rejects.toThrow('no apply "latest"');
  });

  test('only ids become paths', () => {
    const store = open(tempDir());
    expect(() => store.load('../../etc', 'zbufctl.audit/1')).toThrow('not a run id');
    expect(() => store.evidence('..')).toThrow('not a run id');
    expect(() => store.begin('x')).toThrow('not a run id');
  });

  test('a document of another version or kind is refused by name', async () => {
    const store = open(tempDir());
    for (const [i, schema] of ['zbufctl.audit/2', 'zbufctl.probe/1', 'nonsense'].entries()) {
      const writer = await store.begin(runId(i));
      await writer.finish({...makeRun([]), run: runId(i), schema});
    }
    const load = (i: number): Promise<unknown> => store.load(runId(i), 'zbufctl.audit/1');
    await expect(load(0)).rejects.toThrow(
      'zbufctl.audit/2; this zbufctl reads version 1 of zbufctl.audit',
    );
    await expect(load(1)).rejects.toThrow('is zbufctl.probe/1, not zbufctl.audit/1');
    await expect(load(2)).rejects.toThrow(OperatorError);
  });

  test('evidence of another version is refused by name', async () => {
    const store = open(tempDir());
    const writer = await store.begin(RUN);
    await writer.keepEvidence({
      ...evidenceFor({host: 'a', address: 'a'}),
      schema: 'zbufctl.evidence/7' as 'zbufctl.evidence/1',
    });
    await writer.finish(oneOfEach());
    await expect(store.evidence(RUN).next()).rejects.toThrow('zbufctl.evidence/7');
  });

  test('a run without an end is listed as unfinished and never as the latest', async () => {
    const dir = tempDir();
    const store = open(dir);
    await storeRun(store, runId(1));
    const writer = await store.begin(runId(2));
    await writer.keepEvidence(evidenceFor({host: 'fw01', address: 'a'}));

    expect((await store.list())[0]).toEqual({state: 'unfinished', run: runId(2), evidence: 1});
    expect(await store.latest()).toBe(runId(1));
    await expect(store.load(runId(2), 'zbufctl.audit/1')).rejects.toThrow(
      'ended before its result was stored',
    );
    expect((await store.verifyChain()).runs.get(runId(2))?.state).toBe('not-checked');
    expect((await store.verifyChain()).firstBroken).toBeUndefined();
  });

  test('an interrupted run is a finished one and says that it was interrupted', async () => {
    const store = open(tempDir());
    const writer = await store.begin(RUN);
    await writer.finish({...oneOfEach(), interrupted: true});
    expect((await store.list())[0]).toMatchObject({
      state: 'finished',
      summary: {interrupted: true},
    });
  });

  test('a damaged summary makes one line unreadable, not the list', async () => {
    const dir = tempDir();
    const store = open(dir);
    for (const i of [1, 2]) await storeRun(store, runId(i), makeRun([]));
    writeFileSync(
      join(dir, 'runs', runId(1), 'summary.json'),
      '{"schema":"zbufctl.run-summary/9"}',
    );
    expect((await store.list()).map(({state}) => state)).toEqual(['finished', 'unreadable']);
  });
});

test('storing the evidence of a fleet takes little time a host', async () => {
  const store = open(tempDir());
  const fleet = fleetOf(300);
  const writer = await store.begin(RUN);

  const cpu = process.cpuUsage();
  await Promise.all(fleet.hosts.map((host) => writer.keepEvidence(evidenceFor(host))));
  await writer.finish(fleet);
  const {user, system} = process.cpuUsage(cpu);

  expect((user + system) / 1000 / 300).toBeLessThan(10);
  expect((await store.verifyChain()).firstBroken).toBeUndefined();
});
