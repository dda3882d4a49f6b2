import {createHash} from 'node:crypto';
import {readFileSync, truncateSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {expect, test} from 'vitest';

import {HostFinder} from '../../../src/io/store/host-finder.js';
import {readLargeDocument} from '../../../src/io/store/large-run.js';
import {RunStore} from '../../../src/io/store/run-store.js';
import type {AuditRun} from '../../../src/model/audit-run.js';
import {canonicalJson} from '../../../src/text/canonical-json.js';
import type {Counted} from '../../../src/text/host-on-demand.js';
import {countedOf, withFindings} from '../../../src/text/host-on-demand.js';
import {waiveRun} from '../../../src/rules/waive-run.js';
import {waivers} from '../../report/compliance/fixed-report.js';
import {hostileFleet, makeHost, makeRun, oneOfEach} from '../../world.js';
import {tempDir} from './temp-dir.js';

/** Names and texts that look like what is looked for. */
const TRAPS = ['"hosts":[{"a":1}]', '\\"hosts":[', '}]', ']},{', '\\', '\\\\"', 'ü€😀'];
const trapped: AuditRun = {
  ...makeRun([
    makeHost({host: 'a', posture: 'compliant', release: TRAPS.join('')}),
    ...TRAPS.map((release, i) => makeHost({host: `h${i}`, posture: 'compliant', release})),
  ]),
  run: TRAPS.join(' '),
};

const RUNS: Readonly<Record<string, AuditRun>> = {
  'one of each': oneOfEach(),
  hostile: hostileFleet(),
  traps: trapped,
  'no host': {...oneOfEach(), hosts: []},
};

function found(bytes: Buffer, size: number): unknown {
  const finder = new HostFinder();
  const hosts: unknown[] = [];
  for (let i = 0; i < bytes.length; i += size)
    for (const {at, text} of finder.take(bytes.subarray(i, i + size))) {
      expect(bytes.subarray(at, at + text.length).equals(text)).toBe(true);
      hosts.push(JSON.parse(text.toString()));
    }
  const rest = finder.end();
  return rest === undefined ? undefined : {...(JSON.parse(rest) as object), hosts};
}

test.each(Object.entries(RUNS))('the hosts of a document are found: %s', (_, run) => {
  const bytes = Buffer.from(canonicalJson(run));
  for (const size of bytes.length > 100_000 ? [65_537, bytes.length] : [1, 7, 64, bytes.length])
    expect(canonicalJson(found(bytes, size)) === bytes.toString()).toBe(true);
});

test.each([
  ['cut in a host', (text: string) => text.slice(0, text.length / 2)],
  ['cut at the end', (text: string) => text.slice(0, -1)],
  ['no document', () => '[]'],
  ['no hosts', () => '{"a":[1,2]}'],
])('%s: nothing is claimed of it', (_, change) => {
  const file = join(tempDir(), 'run.json');
  writeFileSync(file, change(canonicalJson(oneOfEach())));
  expect(readLargeDocument(file)).toBeUndefined();
});

test('a large document is read host by host, and is what was hashed', () => {
  const file = join(tempDir(), 'run.json');
  const run = hostileFleet();
  writeFileSync(file, canonicalJson(run));
  const large = readLargeDocument(file);
  expect(large?.hash).toBe(createHash('sha256').update(readFileSync(file)).digest('hex'));
  expect([...(large?.hosts ?? [])].reverse()).toEqual([...run.hosts].reverse());
});

test('what is counted of a host is known without reading it again, until a waiver changes it', () => {
  const file = join(tempDir(), 'run.json');
  const run = waiveRun(oneOfEach(), waivers, '2026-11-24').run;
  writeFileSync(file, canonicalJson(run));
  const hosts = readLargeDocument(file)?.hosts ?? [];
  truncateSync(file);
  const counts = (list: readonly Counted[]) =>
    list.map(({rule, severity, verdict, waived}) => [rule, severity, verdict, waived]);
  expect(hosts.map((host) => counts(countedOf(host)))).toEqual(
    run.hosts.map(({findings}) => counts(findings)),
  );
  const changed = withFindings(hosts[0]!, () => []);
  expect(() => countedOf(changed)).toThrow('was cut');
});

test('the store gives a large run as it was stored, and refuses one that was changed', async () => {
  const store = new RunStore(tempDir(), {onNotice: () => undefined});
  // Enough for it to be large.
  const fix = 'x'.repeat(3 * 1024 * 1024);
  const failure = {kind: 'refused', message: 'no', fix} as const;
  const hosts = Array.from({length: 12}, (_, i) =>
    makeHost({host: `h${i}`, posture: 'unreachable', failure}),
  );
  const run = {...makeRun(hosts), run: '20261124T081500Z-audit-0001'};
  await (await store.begin(run.run)).finish(run);
  const {document, finished} = await store.load(run.run, 'zbufctl.audit/1');
  expect(finished).toBe(true);
  // What is fetched is not the same object each time.
  expect(document.hosts.map(({findings}) => findings)[0]).not.toBe(document.hosts[0]?.findings);
  expect(canonicalJson(document) === canonicalJson(run)).toBe(true);

  const file = join(store.stateDir, 'runs', run.run, 'run.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('refused', 'refusee'));
  await expect(store.load(run.run, 'zbufctl.audit/1')).rejects.toThrow(
    'was changed after it was stored',
  );
});
