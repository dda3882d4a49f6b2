import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';

import {contextualizeEvaluation, convertFile} from 'inspecjs';
import {describe, expect, test} from 'vitest';

import type {Report} from '../../../src/model/report.js';
import {assembleReport} from '../../../src/report/compliance/assemble.js';
import {renderHdf} from '../../../src/report/formats/hdf.js';
import {renderHtml} from '../../../src/report/compliance/html.js';
import {renderJunit} from '../../../src/report/formats/junit.js';
import {renderMarkdown} from '../../../src/report/compliance/markdown.js';
import {renderOcsf} from '../../../src/report/formats/ocsf.js';
import {renderOscal} from '../../../src/report/formats/oscal.js';
import {renderSarif} from '../../../src/report/formats/sarif.js';
import {renderSummary} from '../../../src/report/compliance/summary.js';
import {expectGolden} from '../../golden-file.js';
import {HOSTILE, makeFinding, makeHost, makeRun, passesBut} from '../../world.js';
import {assets, bigReport, fixedReport, hostileReport, inputOver} from './fixed-report.js';
import {haveSchemas, SCHEMAS, standardComplaints, WITHOUT_SCHEMAS} from './schemas.js';

const FORMATS = {
  summary: (r) => renderSummary(r, {colour: false, width: 100, verbose: true}),
  md: renderMarkdown,
  html: (r) => renderHtml(r, assets.html),
  'junit.xml': (r) => renderJunit(r, {failOn: 'high'}),
  'sarif.json': renderSarif,
  'oscal.json': renderOscal,
  'ocsf.ndjson': renderOcsf,
  'hdf.json': renderHdf,
} as const satisfies Record<string, (report: Report) => string>;
type Format = keyof typeof FORMATS;
const NAMES = Object.keys(FORMATS) as Format[];

const small = Object.values(HOSTILE).filter((text) => text.length < 1000);
const readCorpus = (): readonly Report[] => [fixedReport(), hostileReport(), bigReport(40)];

interface Outcome {
  readonly host: string;
  readonly name: string;
  readonly kind: string;
}

/** Test cases of a JUnit file as a reader sees them. */
function junitCases(xml: string): readonly Outcome[] {
  return [...xml.matchAll(/<testcase name="([^"]*)" classname="([^"]*)"(?:\/>|>\s*<(\w+))/g)].map(
    ([, name = '', host = '', kind = 'passed']) => ({host, name, kind}),
  );
}

/**
 * A page whose style sheet and script, each where the page has it whole, are only named: they are
 * in templates/report, and the page's policy has their hashes. So are documents within a document,
 * which have goldens of their own.
 */
const withoutAssets = (text: string): string =>
  text
    .replace(`<style>${assets.html.style}</style>`, '<style>(style.css)</style>')
    .replace(`<script>${assets.html.script}</script>`, '<script>(script.js)</script>')
    .replace(/"value": "[A-Za-z0-9+/=]{1000,}"/g, '"value": "(the document)"');

/** A fleet of one host with the given findings beside passes. */
const reportOver = (...hosts: Parameters<typeof makeHost>[0][]): Report =>
  assembleReport(inputOver(makeRun(hosts.map(makeHost)), []));

describe.each(NAMES)('%s', (name) => {
  test('the fixed fleet and the hostile one look as they did', () => {
    expectGolden(`report/fixed.${name}`, withoutAssets(FORMATS[name](fixedReport())));
    expectGolden(`report/hostile.${name}`, withoutAssets(FORMATS[name](hostileReport(small))));
  });

  test('the same report gives the same bytes', () => {
    expect(FORMATS[name](fixedReport())).toBe(FORMATS[name](fixedReport()));
  });

  test('names every host, every failing rule and every silent host', () => {
    const text = FORMATS[name](fixedReport());
    for (const host of [
      'fw02.example.net',
      'fw03.example.net',
      'fw07.example.net',
      'fw08.example.net',
    ])
      expect(text).toContain(host);
    for (const rule of ['ZBUF-001', 'ZBUF-003', 'ZBUF-W01', 'ZBUF-W02'])
      expect(text).toContain(rule);
    expect(text).toContain('fw09.example.net');
  });

  test('a megabyte in every field costs little', () => {
    expect(FORMATS[name](hostileReport([HOSTILE.million])).length).toBeLessThan(500_000);
  });

  test('no control character, half surrogate or change of direction gets through', () => {
    for (const report of readCorpus())
      expect(FORMATS[name](report)).not.toMatch(
        /[^\P{Cc}\n]|[\p{Cf}\p{Cs}\u2028\u2029\ufffe\uffff]/u,
      );
  });
});

test.runIf(!haveSchemas)(WITHOUT_SCHEMAS, () => {
  expect(haveSchemas).toBe(false);
});

describe.runIf(haveSchemas)('by the standards themselves', () => {
  test.each([
    ['sarif.json', 'sarif-schema-2.1.0.json'],
    ['oscal.json', 'oscal_assessment-results_schema.json'],
    ['hdf.json', 'hdf-exec-json.json'],
  ] as const)('%s is valid by %s, whatever hosts said', (name, schema) => {
    const complaints = standardComplaints(schema);
    for (const report of [...readCorpus(), ...small.map((text) => hostileReport([text]))])
      expect(complaints(FORMATS[name](report)).slice(0, 5)).toEqual([]);
    const broken = JSON.parse(FORMATS[name](fixedReport())) as Record<string, unknown>;
    expect(
      complaints(JSON.stringify({...broken, runs: 7, 'assessment-results': 7, profiles: 7})),
    ).not.toEqual([]);
  });

  test('junit.xml is valid by the XSD Jenkins uses, whatever hosts said', () => {
    const lint = (xml: string) =>
      spawnSync('xmllint', ['--noout', '--schema', join(SCHEMAS, 'junit-10.xsd'), '-'], {
        input: xml,
        encoding: 'utf8',
      });
    for (const report of readCorpus()) {
      const {status, stderr} = lint(FORMATS['junit.xml'](report));
      expect(status, stderr.slice(0, 500)).toBe(0);
    }
    expect(lint(FORMATS['junit.xml'](fixedReport()).replace(' name=', ' nome=')).status).not.toBe(
      0,
    );
  });

  test('the OSCAL version named is the version of the schema', () => {
    const {$id} = JSON.parse(
      readFileSync(join(SCHEMAS, 'oscal_assessment-results_schema.json'), 'utf8'),
    ) as {
      $id: string;
    };
    expect($id).toContain(
      `/${/"oscal-version": "([^"]+)"/.exec(renderOscal(fixedReport()))?.[1] ?? 'none'}/`,
    );
  });
});

describe('JUnit', () => {
  const cases = junitCases(FORMATS['junit.xml'](fixedReport()));
  const kindOf = (host: string, rule: string) =>
    cases.find((c) => c.host === host && c.name.startsWith(rule))?.kind;

  test('passed, failed, unknown, waived, below the threshold and silent are told apart', () => {
    expect(kindOf('fw01.example.net', 'ZBUF-001')).toBe('passed');
    expect(kindOf('fw02.example.net', 'ZBUF-001')).toBe('failure');
    expect(kindOf('fw07.example.net', 'ZBUF-001')).toBe('error');
    expect(kindOf('fw04.example.net', 'ZBUF-009')).toBe('skipped');
    expect(kindOf('fw04.example.net', 'ZBUF-005')).toBe('skipped');
    expect(kindOf('fw08.example.net', 'the host answers')).toBe('error');
    expect(kindOf('fw09.example.net', 'the host answers')).toBe('error');
    expect(kindOf('policy', 'ZBUF-W01')).toBe('skipped');
  });

  test('the threshold is the one of --fail-on', () => {
    const strict = junitCases(renderJunit(fixedReport(), {failOn: 'info'}));
    expect(
      strict.find((c) => c.host === 'fw04.example.net' && c.name.startsWith('ZBUF-005'))?.kind,
    ).toBe('failure');
    expect(strict.find((c) => c.host === 'policy')?.kind).toBe('failure');
    expect(
      strict.find((c) => c.host === 'fw04.example.net' && c.name.startsWith('ZBUF-009'))?.kind,
    ).toBe('skipped');
  });

  test('the counts of a suite are those of its cases', () => {
    const xml = FORMATS['junit.xml'](fixedReport());
    const total = (kind: string) => cases.filter((c) => c.kind === kind).length;
    expect(xml).toContain(
      `tests="${cases.length}" failures="${total('failure')}" errors="${total('error')}">`,
    );
  });
});

describe('SARIF', () => {
  interface Result {
    readonly ruleId: string;
    readonly kind: string;
    readonly level: string;
    readonly message: {readonly text: string};
    readonly suppressions?: readonly {readonly justification: string}[];
    readonly baselineState: string;
    readonly locations: readonly {
      readonly physicalLocation: {readonly artifactLocation: {readonly uri: string}};
    }[];
    readonly guid: string;
  }
  const resultsOf = (report: Report): readonly Result[] =>
    (JSON.parse(renderSarif(report)) as {runs: {results: Result[]}[]}).runs[0]!.results;
  const results = resultsOf(fixedReport());
  const about = (rule: string, host: string) =>
    results.find((r) => r.ruleId === rule && r.message.text.startsWith(host));

  test('a failure has its level, an unknown is open, a waived failure is suppressed with the reason', () => {
    expect(about('ZBUF-001', 'fw02')).toMatchObject({
      kind: 'fail',
      level: 'error',
      baselineState: 'new',
    });
    expect(about('ZBUF-001', 'fw07')).toMatchObject({kind: 'open', level: 'none'});
    expect(about('ZBUF-005', 'fw04')).toMatchObject({level: 'warning', baselineState: 'unchanged'});
    expect(about('ZBUF-009', 'fw04')?.suppressions?.[0]?.justification).toContain('CHG-1042');
    expect(about('ZBUF-001', 'fw02')?.suppressions).toBeUndefined();
  });

  test('lists no passes, and finds the file a reading came from', () => {
    expect(results.some((r) => r.kind === 'pass')).toBe(false);
    expect(about('ZBUF-003', 'fw03')?.locations[0]?.physicalLocation).toEqual({
      artifactLocation: {uri: 'hosts/fw03.example.net/etc/sysctl.conf'},
      region: {startLine: 12},
    });
  });

  test('ids are unique in a report and stay the same in the next', () => {
    const guids = results.map((r) => r.guid);
    expect(new Set(guids).size).toBe(guids.length);
    const later = resultsOf(fixedReport({generatedAt: '2026-12-01T00:00:00.000Z'}));
    expect(later.map((r) => r.guid)).toEqual(guids);
  });

  test('the run is not called successful while hosts are missing', () => {
    expect(renderSarif(fixedReport())).toContain('"executionSuccessful": false');
    expect(renderSarif(reportOver({host: 'a', posture: 'compliant'}))).toContain(
      '"executionSuccessful": true',
    );
  });
});

describe('HDF, as Heimdall reads it', () => {
  const statuses = (report: Report): Record<string, string> => {
    const file = convertFile(renderHdf(report));
    const evaluation = contextualizeEvaluation(file['1_0_ExecJson']!);
    const controls = evaluation.contains.flatMap((profile) => profile.contains);
    return Object.fromEntries(controls.map((c) => [c.data.id, c.hdf.status]));
  };
  const compliant = {host: 'ok', posture: 'compliant'} as const;

  test('a failure on one host fails the control, even beside unknown and silent hosts', () => {
    expect(statuses(fixedReport())).toMatchObject({
      'ZBUF-001': 'Failed',
      'ZBUF-003': 'Failed',
      'ZBUF-W01': 'Failed',
    });
  });

  test('a waived failure is still a failure', () => {
    expect(statuses(fixedReport())['ZBUF-009']).toBe('Failed');
  });

  test('a control passes only when every host was looked at and known', () => {
    expect(statuses(reportOver(compliant))['ZBUF-001']).toBe('Passed');
    const unknown = makeFinding({rule: 'ZBUF-001', verdict: 'unknown'});
    const doubtful = {host: 'b', posture: 'unknown', findings: passesBut(unknown)} as const;
    expect(statuses(reportOver(compliant, doubtful))).toMatchObject({
      'ZBUF-001': 'Profile Error',
      'ZBUF-002': 'Passed',
    });
    const silent = {
      host: 'c',
      posture: 'unreachable',
      failure: {kind: 'auth', message: 'm', fix: 'f'},
    } as const;
    expect(statuses(reportOver(compliant, silent))['ZBUF-002']).toBe('Profile Error');
    expect(statuses(reportOver(silent))['ZBUF-002']).toBe('Profile Error');
  });

  test('controls carry their NIST tags', () => {
    const file = convertFile(renderHdf(fixedReport()))['1_0_ExecJson']!;
    const [control] = contextualizeEvaluation(file).contains[0]!.contains;
    expect(control!.hdf.parsedNistTags.map((tag) => tag.rawText)).toEqual([
      'AU-5',
      'AU-12',
      'SI-4',
    ]);
  });

  test('an informational failure is shown as one', () => {
    const ineffective = {
      host: 'i',
      posture: 'ineffective',
      findings: passesBut(makeFinding({rule: 'ZBUF-007'})),
    } as const;
    expect(statuses(reportOver(ineffective))['ZBUF-007']).toBe('Failed');
  });
});

describe('OSCAL', () => {
  interface Found {
    readonly target: {
      readonly 'target-id': string;
      readonly status: {readonly state: string; readonly reason: string};
    };
  }
  interface Results {
    readonly findings: readonly Found[];
    readonly risks: readonly {
      readonly status: string;
      readonly deadline?: string;
      readonly title: string;
    }[];
    readonly observations: readonly {readonly uuid: string}[];
  }
  const parse = (report: Report): Results =>
    (JSON.parse(renderOscal(report)) as {'assessment-results': {results: Results[]}})[
      'assessment-results'
    ].results[0]!;

  const state = (results: Results, id: string) =>
    results.findings.find((f) => f.target['target-id'] === id)?.target.status;

  test('a control is satisfied only when every host was looked at and every rule holds', () => {
    expect(state(parse(fixedReport()), 'au-5_smt')).toMatchObject({
      state: 'not-satisfied',
      reason: 'fail',
    });
    expect(state(parse(fixedReport()), 'au-9_smt')).toMatchObject({
      state: 'not-satisfied',
      reason: 'other',
    });
    const clean = parse(reportOver({host: 'a', posture: 'compliant'}));
    expect(state(clean, 'au-5_smt')).toMatchObject({state: 'satisfied', reason: 'pass'});
    expect(state(clean, 'pci-10.2.1')).toMatchObject({state: 'satisfied'});
  });

  test('a failure is an open risk, a waived one an approved deviation that ends with the waiver', () => {
    const {risks} = parse(fixedReport());
    expect(risks.find((r) => r.title.includes('sysctl-conf-loads'))).toMatchObject({
      status: 'deviation-approved',
      deadline: '2026-12-31T23:59:59Z',
    });
    expect(risks.filter((r) => r.status === 'open').length).toBe(risks.length - 1);
  });

  test('every id is defined once, and every reference leads somewhere', () => {
    for (const report of readCorpus()) {
      const text = renderOscal(report);
      const defined = [...text.matchAll(/"uuid": "([^"]+)"/g)].map(([, id]) => id!);
      expect(defined.filter((id, i) => defined.indexOf(id) !== i)).toEqual([]);
      const used = [
        ...text.matchAll(/"(?:observation|risk|subject|actor|component)-uuid": "([^"]+)"/g),
      ];
      expect(used.length).toBeGreaterThan(0);
      const known = new Set(defined);
      expect(used.map(([, id]) => id!).filter((id) => !known.has(id))).toEqual([]);
    }
  });

  test('a host, a finding and a control keep their ids from report to report', () => {
    const ids = (text: string) =>
      new Set([...text.matchAll(/"uuid": "([^"]+)"/g)].map(([, id]) => id!));
    const [before, after] = [
      ids(renderOscal(fixedReport())),
      ids(renderOscal(fixedReport({generatedAt: '2026-12-01T00:00:00.000Z'}))),
    ];
    // Only the document and its one result are new.
    expect([...after].filter((id) => !before.has(id))).toHaveLength(2);
  });
});

describe('Markdown', () => {
  test('nothing a host said becomes a link, markup, a table cell or HTML', () => {
    const text = renderMarkdown(hostileReport(small));
    expect(text).not.toMatch(/(?<!\\)\]\(/);
    expect(text).not.toMatch(/(?<!\\)<[a-z!?/]/i);
    const tables = text
      .trimEnd()
      .split('\n\n')
      .filter((block) => block.startsWith('| '));
    expect(tables.length).toBeGreaterThan(8);
    for (const block of tables) {
      const widths = block.split('\n').map((line) => [...line.matchAll(/(?<!\\)\|/g)].length);
      expect(new Set(widths).size).toBe(1);
    }
  });

  test('shows the readings that prove a finding, and what was waived', () => {
    const text = renderMarkdown(fixedReport());
    expect(text).toContain('12156, then 12156 while 4 packets arrived');
    expect(text).toContain('The module comes with the next image');
  });
});
