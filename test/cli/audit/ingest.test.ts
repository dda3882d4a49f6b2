import {existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {expect, test} from 'vitest';

import {ingestCommand} from '../../../src/cli/audit/ingest-command.js';
import type {OperatorError} from '../../../src/model/operator-error.js';
import {canonicalJson} from '../../../src/text/canonical-json.js';
import {tempDir} from '../../io/store/temp-dir.js';
import {schemaComplaints} from '../../json-schema.js';
import {makeEvidence} from '../../world.js';

import type {Controller} from './scripted-fleet.js';
import {scriptedFleet} from './scripted-fleet.js';

/** The least a collector says: a host that is not FreeBSD. */
const STREAM = 'zbufctl-evidence 1\n@ uid\n|0\n= 0\n@ system\n|Linux\n= 0\nend 2\n';

const unreached = (host: string, failure: object): string =>
  JSON.stringify({schema: 'zbufctl.unreached/1', host, at: '2026-11-24T08:15:00Z', failure});

/** A directory of these files. */
function records(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = join(tempDir(), 'records');
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

const ingest = (controller: Controller, paths: readonly string[], more: object = {}) =>
  ingestCommand(
    paths,
    {
      inventory: [controller.inventory],
      policy: undefined,
      whole: false,
      json: true,
      output: undefined,
      'fail-on': 'high',
      ...more,
    },
    controller.world,
  );

const isStored = async ({world, state}: Controller): Promise<boolean> =>
  (await world.store.list()).length > 0 ||
  (existsSync(join(state, 'runs')) && readdirSync(join(state, 'runs')).length > 0);

test('records are a run as an audit makes it: stored, in the chain, and it says whence', async () => {
  const controller = scriptedFleet(['fw01', 'fw02', 'fw03', 'fw04']).controller();
  const folder = records({
    'fw01.txt': `a login message\n${STREAM}`,
    'fw02.json': canonicalJson(makeEvidence({host: 'fw02'})),
    'fw03.json': unreached('fw03', {
      kind: 'auth',
      message: 'Permission \u001b[31mdenied',
      fix: 'Look.',
    }),
  });
  expect(await ingest(controller, [folder], {whole: true})).toBe(4);
  const run = controller.printed();
  expect(schemaComplaints('src/report/audit-run.schema.json')(run)).toEqual([]);
  expect([run.origin, run.asked, run.startedAt]).toEqual([
    'ingested',
    'inventory',
    '2026-11-24T08:15:00.000Z',
  ]);
  expect(
    run.hosts.map(({host, posture, record, failure}) => [
      host,
      posture,
      record,
      failure?.kind,
      failure?.message,
    ]),
  ).toEqual([
    ['fw01', 'not-applicable', 'collector-output', undefined, undefined],
    ['fw02', 'compliant', 'evidence', undefined, undefined],
    ['fw03', 'unreachable', 'unreached', 'auth', 'Permission \\x1b[31mdenied'],
    ['fw04', 'unknown', undefined, 'no-record', 'nothing was brought of this host'],
  ]);
  const {store} = controller.world;
  expect((await store.verifyChain()).firstBroken).toBeUndefined();
  const [listed] = await store.list();
  expect(listed).toMatchObject({state: 'finished', summary: {origin: 'ingested'}});
  expect(
    schemaComplaints('src/report/runs.schema.json')({schema: 'zbufctl.runs/1', runs: [listed]}),
  ).toEqual([]);
  // Once more is no harm; what a newer audit has heard is not put behind it.
  expect(await ingest(controller, [folder], {whole: true})).toBe(4);
});

test('without --whole it is told who has no record, and the run is no word on the fleet', async () => {
  const controller = scriptedFleet(['fw01', 'fw02']).controller();
  expect(await ingest(controller, [records({'fw01.txt': STREAM, 'fw09.txt': STREAM})])).toBe(0);
  expect(controller.printed().asked).toBe('named');
  expect(controller.notes).toEqual([
    'No record of 1 host of the inventory (fw02): --whole counts them as unknown.',
    'Not in the inventory, judged by the policy of all: fw09.',
  ]);
});

/** What was brought, and how its host's failure begins. */
const DAMAGED: readonly (readonly [end: 'txt' | 'json', content: string, words: string])[] = [
  ['txt', '', ': The record cannot be used: it is empty.'],
  ['txt', STREAM.slice(0, -1), ":8: The host's answer is not whole: the stream ends in the middle"],
  ['txt', STREAM.replace('|Linux', 'Linux'), ":6: The host's answer is not whole: record 6"],
  ['txt', STREAM.replace('end 2', 'end 3'), ':8: '],
  ['txt', STREAM + STREAM, ':9: '],
  ['txt', 'zbufctl-evidence 2\n', ':1: The collector speaks zbufctl-evidence 2'],
  ['txt', 'ssh: No route\n', ': The host ran something else than the /bin/sh'],
  // A host that prints a document is not believed: it could be anybody's.
  ['txt', canonicalJson(makeEvidence({host: 'other'})), ': The host ran something else'],
  ['json', canonicalJson(makeEvidence({host: 'other'})), ':1: The record cannot be used: it says'],
  ['json', STREAM, ':1: The record cannot be used: it is not a whole JSON document'],
  ['json', '{\n"schema":\n', ':3: The record cannot be used: it is not a whole JSON document'],
  ['json', '[]', ':1: '],
  ['json', '{"schema":"zbufctl.evidence/2"}', ':1: The record cannot be used: it is a zbufctl.evi'],
  [
    'json',
    '{"schema":"zbufctl.evidence/1"}',
    ':1: The record cannot be used: it breaks the schema',
  ],
  [
    'json',
    unreached('fw14', {kind: 'fine'}),
    ':1: The record cannot be used: it breaks the schema',
  ],
];

test('a record that is damaged makes its host unknown, named with file and line', async () => {
  const names = DAMAGED.map((_, at) => `fw${String(at).padStart(2, '0')}`);
  const controller = scriptedFleet([...names, 'fw99']).controller();
  const folder = records({
    ...Object.fromEntries(
      DAMAGED.map(([end, content], at) => [`${names[at] ?? ''}.${end}`, content]),
    ),
    'fw99.txt': STREAM,
  });
  expect(await ingest(controller, [folder])).toBe(4);
  const hosts = controller.printed().hosts;
  for (const [at, [end, , words]] of DAMAGED.entries()) {
    const {posture, findings, failure} = hosts[at] ?? {};
    expect([posture, findings]).toEqual(['unknown', []]);
    expect(failure?.message).toContain(`/records/${names[at] ?? ''}.${end}${words}`);
  }
  expect(hosts.at(-1)?.posture).toBe('not-applicable');
});

/** Files that are no records, and what is said of them. */
const NO_RECORDS: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
  [{'README.md': ''}, /README\.md: is not called as a record is/],
  [{'fw01.txt': STREAM, 'fw01.json': '{}'}, /fw01\.txt: is of fw01, and so is .*fw01\.json/],
  [{'-oProxyCommand=x.txt': STREAM}, /is of no host: its name starts with -/],
  [{'fw01%002Fetc.txt': STREAM}, /its name has characters no host name has/],
  [{'fw\u001b[31m.txt': STREAM}, /fw\\x1b\[31m\.txt: is of no host/],
  [{}, /no record in/],
];

test("a file that is not a host's stops everything, and nothing is stored", async () => {
  const controller = scriptedFleet(['fw01']).controller();
  for (const [files, words] of NO_RECORDS) {
    const refused = await ingest(controller, [records(files)]).catch((e: unknown) => e);
    expect(refused).toMatchObject({exitCode: 2});
    expect((refused as OperatorError).message).toMatch(words);
  }
  expect(await isStored(controller)).toBe(false);
});

test('a record from before what is stored is refused, and nothing is stored', async () => {
  const controller = scriptedFleet(['fw01', 'fw02']).controller();
  await controller.audit();
  const folder = records({'fw01.txt': STREAM, 'fw02.txt': STREAM});
  const before = new Date('2026-11-20T00:00:00Z');
  utimesSync(join(folder, 'fw02.txt'), before, before);
  const refused = await ingest(controller, [folder]).catch((e: unknown) => e);
  expect(refused).toMatchObject({exitCode: 5});
  expect((refused as OperatorError).message).toMatch(
    /^fw02: its record is of 2026-11-20T00:00:00\.000Z, and run \S+ asked it later/,
  );
  expect((await controller.world.store.list()).length).toBe(1);
});
