import {describe, expect, test} from 'vitest';

import type {Report} from '../../../src/model/report.js';
import {renderOcsf} from '../../../src/report/formats/ocsf.js';
import {renderOscal} from '../../../src/report/formats/oscal.js';
import {renderOscalComponent} from '../../../src/report/formats/oscal-component.js';
import {renderOscalPlan} from '../../../src/report/formats/oscal-plan.js';
import {expectGolden} from '../../golden-file.js';
import {HOSTILE} from '../../world.js';
import {bigReport, fixedReport, hostileReport} from './fixed-report.js';
import {standardComplaints} from './schemas.js';

/** What auditors' and SIEMs' own programs read, checked by their own schemas. */
const small = Object.values(HOSTILE).filter((text) => text.length < 1000);
const corpus = (): readonly Report[] => [
  fixedReport(),
  hostileReport(),
  bigReport(20),
  ...small.map((text) => hostileReport([text])),
];

describe.each([
  ['oscal-plan.json', renderOscalPlan, 'oscal_assessment-plan_schema.json'],
  ['oscal-component.json', renderOscalComponent, 'oscal_component_schema.json'],
] as const)('%s', (name, render, schema) => {
  const complaints = standardComplaints(schema);

  test('is valid by NIST, whatever hosts said, and looks as it did', () => {
    for (const report of corpus()) expect(complaints(render(report)).slice(0, 5)).toEqual([]);
    expect(complaints('{}')).not.toEqual([]);
    expect(complaints(render(fixedReport()).replaceAll('"uuid"', '"uid"'))).not.toEqual([]);
    expectGolden(`report/fixed.${name}`, render(fixedReport()));
  });

  test('every id is defined once, and what is referred to is there', () => {
    const text = render(fixedReport());
    const defined = [...text.matchAll(/"uuid": "([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(defined).size).toBe(defined.length);
    const used = [...text.matchAll(/"(?:activity-uuid|component-uuid|href)": "#?([^"]+)"/g)];
    for (const [, id] of used) expect(defined).toContain(id);
  });
});

test('the plan that assessment results import, and the component definition, are inside them', () => {
  const {'assessment-results': results} = JSON.parse(renderOscal(fixedReport())) as {
    readonly 'assessment-results': {
      readonly 'import-ap': {readonly href: string};
      readonly 'back-matter': {
        readonly resources: readonly {
          readonly uuid: string;
          readonly base64: {readonly value: string; readonly filename: string};
        }[];
      };
    };
  };
  const documents = new Map(
    results['back-matter'].resources.map(({uuid, base64}) => [
      `#${uuid}`,
      Buffer.from(base64.value, 'base64').toString('utf8'),
    ]),
  );
  const plan = documents.get(results['import-ap'].href) ?? '';
  expect(plan).toBe(renderOscalPlan(fixedReport()));
  expect([...documents.values()]).toContain(renderOscalComponent(fixedReport()));
});

describe('OCSF', () => {
  const events = (report: Report): readonly Readonly<Record<string, unknown>>[] =>
    renderOcsf(report)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  const complaints = standardComplaints('ocsf-compliance-finding.schema.json');

  test('every line is a Compliance Finding, whatever hosts said', () => {
    for (const report of corpus()) {
      const broken = events(report).flatMap((event) => complaints(JSON.stringify(event)));
      expect(broken.slice(0, 5)).toEqual([]);
    }
    const [event] = events(fixedReport());
    for (const change of [{class_uid: 2004}, {compliance: {status_id: 7}}, {posture: 'broken'}])
      expect(complaints(JSON.stringify({...event, ...change}))).not.toEqual([]);
  });

  test('pass, warning, fail and not applicable are told apart; a silent host is a warning', () => {
    const report = fixedReport();
    const counts = new Map<unknown, number>();
    for (const {compliance} of events(report)) {
      const {status_id: id} = compliance as {readonly status_id: number};
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    const findings = [...report.hosts.flatMap((host) => host.findings), ...report.policyFindings];
    const having = (verdict: string): number =>
      findings.filter((f) => f.verdict === verdict).length;
    expect(counts.get(1)).toBe(having('pass'));
    expect(counts.get(2)).toBe(having('unknown') + report.scope.missing.length);
    expect(counts.get(3)).toBe(having('fail'));
    expect(counts.get(99) ?? 0).toBe(having('not-applicable'));
  });

  test('a waived failure is suppressed and still a failure; practice hosts are labelled', () => {
    const waived = events(fixedReport()).find(
      ({unmapped}) => 'waived' in (unmapped as Readonly<Record<string, unknown>>),
    );
    expect(waived).toMatchObject({status_id: 3, compliance: {status_id: 3}});
    const report = fixedReport();
    const practice = {...report, hosts: report.hosts.map((host) => ({...host, practice: true}))};
    const about = events(practice).filter(({resources}) => resources !== undefined);
    expect(about[0]).toMatchObject({unmapped: {practice: true}});
    expect(JSON.stringify(about[0]?.['resources'])).toContain('"practice"');
  });

  test('each finding has an id of its own, the same in the next report', () => {
    const ids = (report: Report): readonly unknown[] =>
      events(report).map((event) => (event['finding_info'] as {readonly uid: string}).uid);
    const first = ids(fixedReport());
    expect(new Set(first).size).toBe(first.length);
    expect(ids(fixedReport({generatedAt: '2026-12-01T00:00:00.000Z'}))).toEqual(first);
  });
});
