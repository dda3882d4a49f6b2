import {
  appendFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';

import {expect, test} from 'vitest';

import {RunStore} from '../../../src/io/store/run-store.js';
import {chainRun} from '../../../src/text/hash-chain.js';
import {canonicalJson} from '../../../src/text/canonical-json.js';
import type {RunChain} from '../../../src/model/stored-run.js';
import {evidenceFor, oneOfEach} from '../../world.js';
import {tempDir} from './temp-dir.js';

const runId = (i: number): string => `2026112${i}T081500Z-audit-00ff`;

/** A store with four runs, and the directory of each. */
async function fourRuns(): Promise<{
  store: RunStore;
  dir: string;
  path: (i: number, name?: string) => string;
}> {
  const dir = tempDir();
  const store = new RunStore(dir, {onNotice: () => undefined});
  for (const i of [1, 2, 3, 4]) {
    const writer = await store.begin(runId(i));
    for (const host of oneOfEach().hosts) await writer.keepEvidence(evidenceFor(host));
    await writer.finish({...oneOfEach(), run: runId(i)});
  }
  return {store, dir, path: (i, name = '') => join(dir, 'runs', runId(i), name)};
}

const EVIDENCE = 'evidence/fw01.example.net.json';

test('an untouched store is intact, and its head is the newest run', async () => {
  const {store} = await fourRuns();

  const check = await store.verifyChain();

  expect(check.firstBroken).toBeUndefined();
  expect([...check.runs.values()].map(({state}) => state)).toEqual([
    'intact',
    'intact',
    'intact',
    'intact',
  ]);
  expect(check.head).toMatchObject({sequence: 4, run: runId(4)});
});

test('each way to tamper is noticed, and the run and the document are named', async () => {
  const cases: readonly (readonly [
    what: string,
    tamper: (path: (i: number, name?: string) => string) => void,
    run: number,
    problem: string,
  ])[] = [
    [
      'a byte of evidence',
      (path) => {
        appendFileSync(path(2, EVIDENCE), ' ');
      },
      2,
      `${EVIDENCE} was changed`,
    ],
    [
      'the result',
      (path) => {
        edit(path(3, 'run.json'), /"posture":"broken"/, '"posture":"compliant"');
      },
      3,
      'run.json was changed',
    ],
    [
      'the summary',
      (path) => {
        edit(path(3, 'summary.json'), /"hosts":8/, '"hosts":7');
      },
      3,
      'summary.json was changed',
    ],
    [
      'evidence removed',
      (path) => {
        rmSync(path(2, EVIDENCE));
      },
      2,
      `${EVIDENCE} is missing`,
    ],
    [
      'evidence added',
      (path) => {
        cpSync(path(2, EVIDENCE), path(2, 'evidence/fw99.json'));
      },
      2,
      'evidence/fw99.json was added',
    ],
    [
      'a run in the middle removed',
      (path) => {
        rmSync(path(2), {recursive: true});
      },
      2,
      `run ${runId(2)} is missing`,
    ],
    [
      'the first run removed',
      (path) => {
        rmSync(path(1), {recursive: true});
      },
      1,
      `run ${runId(1)} is missing`,
    ],
    [
      'the newest run removed',
      (path) => {
        rmSync(path(4), {recursive: true});
      },
      4,
      `run ${runId(4)} is missing; it was the newest`,
    ],
    [
      'a chain file removed',
      (path) => {
        rmSync(path(3, 'chain.json'));
      },
      3,
      'chain.json is missing or damaged',
    ],
    [
      'a chain file made nonsense',
      (path) => {
        writeFileSync(path(3, 'chain.json'), '[]');
      },
      3,
      'chain.json is missing or damaged',
    ],
    [
      'a finished run made to look unfinished',
      (path) => {
        rmSync(path(4, 'chain.json'));
        writeFileSync(path(4, 'unfinished.json'), '{}');
      },
      4,
      'chain.json is missing or damaged; it was the newest',
    ],
    [
      'a run copied under another name',
      (path) => {
        cpSync(path(4), path(5), {recursive: true});
      },
      5,
      `chain.json is of run ${runId(4)}`,
    ],
    [
      'a link that points outside',
      (path) => {
        edit(path(2, 'chain.json'), /"name":"run.json"/, '"name":"../../x"');
      },
      2,
      'its link',
    ],
    [
      'a whole run rewritten with a valid chain of its own',
      (path) => {
        forge(path(2));
      },
      3,
      `it was stored after another run ${runId(2)}`,
    ],
  ];
  const {dir} = await fourRuns();
  for (const [what, tamper, run, problem] of cases) {
    const copy = tempDir();
    cpSync(dir, copy, {recursive: true});
    tamper((i, name = '') => join(copy, 'runs', runId(i), name));
    const {firstBroken} = await new RunStore(copy, {onNotice: () => undefined}).verifyChain();
    expect(`${what}: ${firstBroken?.run ?? 'none'}`).toBe(`${what}: ${runId(run)}`);
    expect(firstBroken?.problem).toContain(problem);
  }
});

test('the first of several broken links is the one that is named', async () => {
  const {store, path} = await fourRuns();
  for (const i of [4, 2, 3]) appendFileSync(path(i, 'run.json'), ' ');
  expect((await store.verifyChain()).firstBroken?.run).toBe(runId(2));
});

test('the chain head put back to an older run is noticed', async () => {
  const {store, dir} = await fourRuns();
  const chain = JSON.parse(
    readFileSync(join(dir, 'runs', runId(3), 'chain.json'), 'utf8'),
  ) as RunChain;
  const head = {sequence: 3, run: runId(3), head: chain.head};
  writeFileSync(
    join(dir, 'runs', 'chain-head.json'),
    canonicalJson({schema: 'zbufctl.chain-head/1', head}),
  );
  expect((await store.verifyChain()).firstBroken).toMatchObject({run: runId(4)});
});

test('a changed document is not loaded', async () => {
  const {store, path} = await fourRuns();
  edit(path(3, 'run.json'), /"posture":"broken"/, '"posture":"compliant"');
  edit(path(3, EVIDENCE), /FreeBSD/, 'FreeBSE');

  await expect(store.load(runId(3), 'zbufctl.audit/1')).rejects.toThrow(
    'was changed after it was stored',
  );
  const read = async (): Promise<void> => {
    for await (const evidence of store.evidence(runId(3)))
      expect(evidence.host).not.toBe('fw01.example.net');
  };
  await expect(read()).rejects.toThrow('was changed after it was stored');
});

test('a writer that died before or after chain.json got into place leaves a chain that goes on', async () => {
  const {store, dir, path} = await fourRuns();
  const headFile = join(dir, 'runs', 'chain-head.json');
  const third = JSON.parse(readFileSync(path(3, 'chain.json'), 'utf8')) as RunChain;
  const before = {sequence: 3, run: runId(3), head: third.head};
  const died = canonicalJson({schema: 'zbufctl.chain-head/1', head: before, pending: runId(4)});

  // After: chain.json of run 4 is there, only the head was not moved on.
  writeFileSync(headFile, died);
  expect((await store.verifyChain()).firstBroken).toBeUndefined();
  expect((await store.verifyChain()).head?.run).toBe(runId(4));

  // Before: it is not.
  writeFileSync(headFile, died);
  renameSync(path(4, 'chain.json'), join(dir, 'gone'));
  writeFileSync(path(4, 'unfinished.json'), '{}');
  const writer = await store.begin(runId(5));
  await writer.finish({...oneOfEach(), run: runId(5)});

  const check = await store.verifyChain();
  expect(check.firstBroken).toBeUndefined();
  expect(check.head).toMatchObject({sequence: 4, run: runId(5)});
  expect(check.runs.get(runId(4))?.state).toBe('not-checked');
});

function edit(path: string, what: RegExp, by: string): void {
  const text = readFileSync(path, 'utf8');
  expect(text).toMatch(what);
  writeFileSync(path, text.replace(what, by));
}

/** What somebody would do who knows how the chain is made, but changes one run only. */
function forge(run: string): void {
  const chain = JSON.parse(readFileSync(join(run, 'chain.json'), 'utf8')) as RunChain;
  const kept = chain.links.filter(({name}) => name !== EVIDENCE);
  rmSync(join(run, EVIDENCE));
  expect(readdirSync(join(run, 'evidence')).length).toBe(kept.length - 2);
  writeFileSync(join(run, 'chain.json'), canonicalJson(chainRun(chain.run, chain.previous, kept)));
}
