import {readFileSync} from 'node:fs';

import {Ajv2020} from 'ajv/dist/2020.js';
import {default as formats} from 'ajv-formats';
import {expect, test} from 'vitest';

import type {ApplyRun} from '../../../src/model/apply-run.js';
import type {ProbeRun} from '../../../src/model/probe.js';
import type {Report} from '../../../src/model/report.js';
import type {Waiver} from '../../../src/model/waiver.js';
import {assembleReport} from '../../../src/report/compliance/assemble.js';
import {
  changesOf,
  otherRun,
  policiesOf,
  probesOf,
} from '../../../src/report/compliance/from-runs.js';
import {wordOf} from '../../../src/model/words.js';
import {wholeOf} from '../../../src/text/pieces.js';
import {REPORT_FORMATS, REPORT_RENDERERS} from '../../../src/report/report-renderers.js';
import type {ReportFormat} from '../../../src/report/format-names.js';
import {waiveRun} from '../../../src/rules/waive-run.js';
import {shelfInMemory} from '../../../src/text/text-shelf.js';
import {expectGolden} from '../../golden-file.js';
import {HOSTILE, makeFinding, makeHost, makeRun, oneOfEach, passesBut} from '../../world.js';
import {
  assets,
  bigReport,
  fixedReport,
  hostileReport,
  inputOver,
  probe,
  waivers,
} from './fixed-report.js';

const small = Object.values(HOSTILE).filter((text) => text.length < 1000);
const render = async (format: ReportFormat, report: Report): Promise<string> =>
  wholeOf(
    (await REPORT_RENDERERS[format]())(report, {
      colour: false,
      width: 100,
      verbose: false,
      failOn: 'high',
      shelf: shelfInMemory,
      html: () => assets.html,
    }),
  );

function complaintsBy(pointer: string): (value: unknown) => readonly string[] {
  const ajv = new Ajv2020({strict: true, strictRequired: false, allErrors: true});
  formats.default(ajv);
  for (const name of ['audit-run', 'report'])
    ajv.addSchema(JSON.parse(readFileSync(`src/report/${name}.schema.json`, 'utf8')) as object);
  const validate = ajv.compile({
    $ref: `urn:zbufctl:report:1${pointer}`,
  });
  return (value) =>
    validate(value)
      ? []
      : (validate.errors ?? []).map((e) => `${e.instancePath}: ${e.message ?? ''}`);
}

const CONTRACT = [
  'table',
  'json',
  'ndjson',
  'csv',
  'markdown',
  'html',
  'junit',
  'sarif',
  'oscal',
  'hdf',
  // What auditors' and SIEMs' programs read beside them.
  'oscal-plan',
  'oscal-component',
  'ocsf',
];

test('every format of the contract can be rendered, and no other word is a format', async () => {
  expect([...REPORT_FORMATS].sort()).toEqual([...CONTRACT].sort());
  for (const format of REPORT_FORMATS) {
    const text = await render(format, fixedReport());
    // A plan and a definition of components are about rules, whatever the hosts.
    if (format !== 'oscal-plan' && format !== 'oscal-component')
      expect(text).toContain('fw02.example.net');
    expect(text.endsWith('\n')).toBe(true);
  }
  expect(wordOf(REPORT_FORMATS, 'toString')).toBeUndefined();
});

test('json is the report, whole and unchanged, and keeps to its schema', async () => {
  const complaints = complaintsBy('');
  for (const report of [fixedReport(), bigReport(30), hostileReport(small)]) {
    const text = await render('json', report);
    expect(JSON.parse(text)).toEqual(report);
    expect(text).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\u2028\u2029]/u);
  }
  for (const report of [fixedReport(), bigReport(30)]) expect(complaints(report)).toEqual([]);
  expect(complaints({...fixedReport(), schema: 'zbufctl.report/2'})).not.toEqual([]);
  expect(complaints({...fixedReport(), extra: 1})).not.toEqual([]);
});

test('each line of ndjson is a document of its schema, and all hosts are there', async () => {
  const complaints = complaintsBy('#/$defs/ndjsonLine');
  const lines = (await render('ndjson', fixedReport())).trimEnd().split('\n');
  const documents = lines.map((line) => JSON.parse(line) as {schema: string});
  expect(documents.flatMap(complaints)).toEqual([]);
  expect(documents.map((d) => d.schema)).toEqual([
    'zbufctl.report-header/1',
    ...Array<string>(8).fill('zbufctl.report-host/1'),
    'zbufctl.report-missing/1',
    'zbufctl.report-trailer/1',
  ]);
});

test('csv, json and ndjson of the fixed fleet are as they were', async () => {
  for (const format of ['csv', 'json', 'ndjson'] as const)
    expectGolden(`report/fixed.${format}`, await render(format, fixedReport()));
});

test('csv has the findings about the policy and the hosts that were never asked, and starts no formula', async () => {
  const csv = await render('csv', fixedReport());
  expect(csv).toMatch(/\n,\(policy\),.*ZBUF-W01/);
  expect(csv).toMatch(/\n,fw09\.example\.net,.*not-asked/);
  const hostile = await render('csv', hostileReport(small));
  for (const line of hostile.split('\r\n'))
    for (const cell of line.match(/(?:^|,)("?)[^,"]?/g) ?? [])
      expect(cell).not.toMatch(/^,?"?[=+\-@＝＋－＠]/);
});

const covering = (rule: string, host: string): Waiver => ({
  ...waivers[0]!,
  rule,
  hosts: [host],
  groups: [],
});

test('a waiver changes the posture of a host whose findings made it, and the totals', () => {
  const {run, findings} = waiveRun(
    oneOfEach(),
    [covering('ZBUF-003', 'fw03.example.net'), covering('ZBUF-009', 'fw04.example.net')],
    '2026-11-24',
  );
  const posture = (host: string) => run.hosts.find((h) => h.host === host)?.posture;
  expect(posture('fw03.example.net')).toBe('drift'); // ZBUF-004 is left
  expect(posture('fw04.example.net')).toBe('drift');
  expect(run.totals).toMatchObject({drift: 2});
  expect(run.totals['at-risk']).toBeUndefined();
  expect(findings).toEqual([]);
});

test('taking a waiver away brings the posture back', () => {
  const accepted = makeHost({
    host: 'a',
    posture: 'compliant',
    findings: passesBut(makeFinding({rule: 'ZBUF-003', waived: 'old'})),
  });
  const {run} = waiveRun(makeRun([accepted]), [], '2026-11-24');
  expect(run.hosts[0]).toMatchObject({posture: 'at-risk'});
  expect(run.totals).toEqual({'at-risk': 1});
});

test('a posture that findings did not make is left alone', () => {
  const {run} = waiveRun(oneOfEach(), [covering('ZBUF-001', 'jump06.example.net')], '2026-11-24');
  expect(run.hosts.map((h) => h.posture)).toEqual(oneOfEach().hosts.map((h) => h.posture));
});

test('of a host in several audits the latest counts, however they are given', () => {
  const early = makeRun(
    [makeHost({host: 'a', posture: 'compliant'}), makeHost({host: 'b', posture: 'compliant'})],
    {
      run: '20261101T000000Z-audit-0001',
      startedAt: '2026-11-01T00:00:00.000Z',
      finishedAt: '2026-11-01T00:00:01.000Z',
    },
  );
  const gone = {kind: 'refused', message: 'm', fix: 'f'} as const;
  const late = makeRun([makeHost({host: 'a', posture: 'unreachable', failure: gone})]);
  for (const audits of [
    [early, late],
    [late, early],
  ]) {
    const report = assembleReport({...inputOver(early, []), audits});
    expect(report.hosts.map((h) => [h.host, h.posture, h.run])).toEqual([
      ['a', 'unreachable', late.run],
      ['b', 'compliant', early.run],
    ]);
    expect(report.scope).toMatchObject({
      meant: 2,
      answered: 1,
      missing: [{host: 'a', why: 'refused'}],
    });
    expect(report.runs.map((r) => r.run)).toEqual([early.run, late.run]);
    expect(report.trend.map((t) => t.totals)).toEqual([{compliant: 2}, {unreachable: 1}]);
  }
});

test('probe runs, apply runs and policies come into a report as they are', () => {
  const cells = probe.matrix.map((cell) => ({
    ...cell,
    sent: [1],
    parent: [1],
    child: [0],
    seenByOther: [0],
  }));
  const native = {
    schema: 'zbufctl.probe/1',
    run: probe.run,
    startedAt: probe.at,
    finishedAt: probe.at,
    tool: {name: 'zbufctl', version: '0.1.0'},
    hosts: [
      {
        host: 'fw01',
        kernel: '15.1-RELEASE',
        machine: 'amd64',
        model: false,
        interface: 'lo0',
        zerocopyBefore: 0,
        zerocopyAfter: 0,
        elapsedMilliseconds: 900,
        matrix: cells,
        bench: [
          {
            mode: 'zbuf',
            packetBytes: 64,
            bufferBytes: 4096,
            runs: [
              {
                sent: 1000,
                received: 990,
                dropped: 10,
                microseconds: 5000,
                cpuMicroseconds: 1980,
                systemCalls: 4,
              },
            ],
            median: {packetsPerSecond: 198_000, cpuMicroseconds: 1980, systemCalls: 4, dropped: 10},
          },
          {mode: 'buffer', packetBytes: 64, bufferBytes: 4096, runs: []},
        ],
      },
      {
        host: 'fw02',
        kernel: '',
        machine: '',
        model: false,
        interface: '',
        zerocopyBefore: null,
        zerocopyAfter: null,
        elapsedMilliseconds: 0,
        matrix: [],
        error: {code: 'not-root'},
      },
    ],
  } as unknown as ProbeRun;
  const [first, second] = probesOf(native);
  expect(first?.bench).toEqual([
    {
      mode: 'zbuf',
      packetSize: 64,
      bufferSize: 4096,
      packetsPerSecond: 198_000,
      dropped: 0.01,
      cpuNanoseconds: 2000,
    },
  ]);
  expect(second).toMatchObject({error: 'not-root', matrix: []});

  const applied: ApplyRun = {
    schema: 'zbufctl.apply/1',
    run: '20261120T090000Z-apply-77cc',
    plan: 'p1',
    startedAt: '2026-11-20T09:00:00.000Z',
    tool: {name: 'zbufctl', version: '0.1.0'},
    operator: 'jane@bastion',
    interrupted: false,
    dryRun: false,
    hosts: [
      {
        host: 'fw01',
        result: 'changed',
        postureBefore: 'broken',
        postureAfter: 'compliant',
        standing: [],
        byHand: [],
        steps: [
          {kind: 'set-running', outcome: 'changed', detail: 'net.bpf.zerocopy_enable: 1 -> 0'},
        ],
      },
    ],
  };
  expect(changesOf(applied, 'apply')[0]).toMatchObject({
    by: 'jane@bastion',
    host: 'fw01',
    result: 'changed',
  });
  expect(otherRun(applied, 'apply')).toMatchObject({interrupted: true, hosts: 1});
  expect(
    policiesOf([
      {name: 'a', policy: {zerocopy: 'off'}},
      {name: 'b', policy: {}},
      {name: 'c', policy: {zerocopy: 'off'}},
    ]),
  ).toEqual([
    {zerocopy: 'off', hosts: 2, examples: ['a', 'c']},
    {zerocopy: 'not-set', hosts: 1, examples: ['b']},
  ]);
});
