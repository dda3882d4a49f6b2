import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterAll, beforeAll, expect, test} from 'vitest';

import {assembleRun, judgeHost} from '../../../src/app/audit.js';
import {openLookups} from '../../../src/app/judging.js';
import type {Deps} from '../../../src/app/ports.js';
import {makeBundle} from '../../../src/app/report/make-bundle.js';
import {makeReport} from '../../../src/app/report/make-report.js';
import {BUNDLE_SCHEMAS, bundleValidator, readBundle} from '../../../src/app/report/read-bundle.js';
import {rejudge} from '../../../src/app/report/rejudge.js';
import {codeOfRejudged, rejudgedText} from '../../../src/cli/report/rejudge-file.js';
import {loadReportAssets} from '../../../src/io/package/report-assets.js';
import {loadSchema} from '../../../src/io/package/schemas.js';
import {RunStore} from '../../../src/io/store/run-store.js';
import type {Bundle, BundledHost} from '../../../src/model/bundle.js';
import type {Evidence} from '../../../src/model/evidence.js';
import type {Host} from '../../../src/model/host.js';
import type {Policy} from '../../../src/model/policy.js';
import {read, unreadable} from '../../../src/model/reading.js';
import type {ReportedHost} from '../../../src/model/report.js';
import {prettyJson} from '../../../src/text/canonical-json.js';
import {shelfInMemory} from '../../../src/text/text-shelf.js';
import {SERVICES} from '../../knowledge/sources.js';
import {makeEvidence, makeHost} from '../../world.js';

const RUN = '20261124T081500Z-audit-0001';
const AT = '2026-11-24T08:15:00.000Z';
const VALIDATE = bundleValidator(BUNDLE_SCHEMAS.map(loadSchema));

const host = (name: string, policy: Policy = {}): Host => ({
  name,
  address: '192.0.2.1',
  become: 'none',
  identityFiles: ['/home/jane/.ssh/id_ed25519'],
  knownHosts: [],
  groups: ['all', 'edge'],
  policy,
  origin: {file: '/home/jane/zbufctl.yaml', line: 3},
});

const waiver = {
  rule: 'ZBUF-005',
  groups: ['edge'],
  reason: 'later',
  approver: 'Jane',
  ticket: 'CHG-1',
  start: '2020-01-01',
  expiry: '2999-12-31',
};

/** A host of each kind: fine, failing and waived, of another system, not read. */
const FLEET: readonly (readonly [Host, Evidence])[] = [
  [host('fine', {zerocopy: 'off'}), makeEvidence({host: 'fine'})],
  [
    host('waived', {zerocopy: 'off', waivers: [waiver]}),
    makeEvidence({host: 'waived', sysctls: read({'net.bpf.zerocopy_enable': '1'})}),
  ],
  [
    host('linux'),
    makeEvidence({host: 'linux', identity: {...makeEvidence().identity, system: read('Linux')}}),
  ],
  [host('blind'), makeEvidence({host: 'blind', sysctls: unreadable('not root')})],
];
const HOSTS = FLEET.map(([one]) => one);

/** Audits, stores, reports and bundles the fleet, with one more host that does not answer. */
async function bundleOf(inventory: readonly Host[] | undefined): Promise<Bundle> {
  const store = new RunStore(mkdtempSync(join(folder, 'state-')), {onNotice: () => undefined});
  const deps: Deps = {
    store,
    folder: '/',
    version: '0.1.0',
    operator: 'jane@bastion',
    note: () => undefined,
    services: async () => Promise.resolve(SERVICES),
    modeObjects: () => [],
    now: () => AT,
  };
  const lookups = {...(await openLookups(HOSTS, deps)), now: () => AT};
  const writer = await store.begin(RUN);
  const failure = {kind: 'refused', message: 'm', fix: 'f'} as const;
  const hosts = [makeHost({host: 'silent', posture: 'unreachable', failure})];
  for (const [one, evidence] of FLEET)
    hosts.push({
      ...judgeHost(one, evidence, lookups),
      evidenceHash: await writer.keepEvidence(evidence),
      durationMs: 1,
    });
  await writer.finish(
    assembleRun(hosts, {
      run: RUN,
      version: '0.1.0',
      startedAt: AT,
      finishedAt: AT,
      interrupted: false,
      asked: 'inventory',
    }),
  );
  const report = await makeReport(
    {
      words: [],
      meant: inventory,
      groups: [],
      baseline: undefined,
      trend: 10,
      title: undefined,
      controls: loadReportAssets().controls,
    },
    deps,
  );
  const {parts, again} = await makeBundle(report, inventory, deps, shelfInMemory());
  const text = [...parts].join('');
  const bundle = JSON.parse(text) as Bundle;
  // Written host by host, it is the document; judged host by host, it is judged as a whole is.
  expect(text).toBe(prettyJson(bundle));
  expect(again).toEqual(rejudge(bundle, {services: SERVICES, version: '0.1.0'}));
  return bundle;
}

const folder = mkdtempSync(join(tmpdir(), 'zbufctl-rejudge-'));
afterAll(() => {
  rmSync(folder, {recursive: true, force: true});
});

let made: Bundle;
beforeAll(async () => {
  made = await bundleOf([...HOSTS, host('silent')]);
});

const again = (bundle: Bundle, version = '0.1.0') => rejudge(bundle, {services: SERVICES, version});

/** As a third party gets it: bytes, and nothing else. */
const handedOver = (bundle: unknown): Bundle =>
  readBundle(Buffer.from(JSON.stringify(bundle)), 'b.json', VALIDATE);

test('the same verdicts come out of the bundle alone, waivers and postures too', () => {
  const result = again(handedOver(made));
  expect(result.hosts.map((one) => [one.host, one.state, one.changes])).toEqual([
    ['blind', 'same', []],
    ['fine', 'same', []],
    ['linux', 'same', []],
    ['silent', 'silent', []],
    ['waived', 'same', []],
  ]);
  const findings = made.report.hosts.flatMap((one) => one.findings);
  expect(findings.some(({waived}) => waived !== undefined)).toBe(true);
  expect(result.rules.same).toBe(true);
  expect(rejudgedText(result)).toEqual([
    '  judged again: the same verdicts on 4 of 4 hosts with verdicts',
    '  1 host had not answered: nothing to judge',
  ]);
  expect(codeOfRejudged(result)).toBe(0);
  // How hosts are reached is nobody's business.
  expect(JSON.stringify(made.hosts)).not.toContain('/home/jane');
});

test('without an inventory what the audit stored of waivers stands, and the policy is missed', async () => {
  const bundle = await bundleOf(undefined);
  expect(bundle.waivers).toBeUndefined();
  const {hosts} = again(bundle);
  expect(hosts.find((one) => one.host === 'linux')?.state).toBe('same');
  const fine = hosts.find((one) => one.host === 'fine');
  expect(fine?.changes.map(({rule}) => rule)).toContain('ZBUF-005');
});

const reporting = (bundle: Bundle, change: (host: ReportedHost) => ReportedHost): Bundle => ({
  ...bundle,
  report: {...bundle.report, hosts: bundle.report.hosts.map(change)},
});
const holding = (bundle: Bundle, change: (host: BundledHost) => BundledHost): Bundle => ({
  ...bundle,
  hosts: bundle.hosts.map((one) => (one.host === 'fine' ? change(one) : one)),
});

/** One change to a bundle somebody handed over, and what is said of it. */
const TAMPERED: readonly {
  readonly what: string;
  readonly change: (bundle: Bundle) => Bundle;
  readonly says: RegExp;
  readonly code: number;
}[] = [
  {
    what: 'a verdict turned into a pass',
    change: (bundle) =>
      reporting(bundle, (one) => ({
        ...one,
        findings: one.findings.map((finding) => ({...finding, verdict: 'pass'})),
      })),
    says: /^ {2}blind: ZBUF-\d{3}.* was reported as pass, and is unknown$/m,
    code: 3,
  },
  {
    what: 'a finding left out',
    change: (bundle) =>
      reporting(bundle, (one) => ({
        ...one,
        findings: one.findings.filter(({rule}) => rule !== 'ZBUF-005'),
      })),
    says: /waived: ZBUF-005 was reported as nothing, and is fail \(medium\), waived/,
    code: 3,
  },
  {
    what: 'a posture made better',
    change: (bundle) => reporting(bundle, (one) => ({...one, posture: 'compliant'})),
    says: /blind: posture was reported as compliant, and is unknown/,
    code: 3,
  },
  {
    what: 'a waiver nobody wrote',
    change: (bundle) => ({...bundle, waivers: []}),
    says: /ZBUF-005 was reported as fail \(medium\), waived, and is fail \(medium\)/,
    code: 3,
  },
  {
    what: 'evidence that is gone',
    change: (bundle) => ({...bundle, hosts: bundle.hosts.filter((one) => one.host !== 'fine')}),
    says: /fine: there is no evidence in the bundle, so its verdicts cannot be checked/,
    code: 4,
  },
  {
    what: 'evidence of another day',
    change: (bundle) =>
      holding(bundle, (one) => ({
        ...one,
        evidence: makeEvidence({host: 'fine', practice: true}),
      })),
    says: /fine: the evidence in the bundle is not what the report was made from/,
    code: 3,
  },
  {
    what: 'another policy',
    change: (bundle) => holding(bundle, (one) => ({...one, policy: {zerocopy: 'on'}})),
    says: /fine: ZBUF-005 was reported as pass, and is fail/,
    code: 3,
  },
];

test.each(TAMPERED)('$what is found', ({change, says, code}) => {
  const result = again(change(made));
  expect(rejudgedText(result).join('\n')).toMatch(says);
  expect(codeOfRejudged(result)).toBe(code);
});

test('other rules are named, and are no failure while the verdicts are the same', () => {
  const newer = again(made, '0.2.0');
  expect(rejudgedText(newer).at(-1)).toBe(
    '  the report was judged by the rules of zbufctl 0.1.0, this is 0.2.0',
  );
  expect(codeOfRejudged(newer)).toBe(0);
  const services = SERVICES.slice(1);
  const other = rejudge(made, {services, version: '0.1.0'});
  expect(rejudgedText(other).at(-1)).toMatch(/other rules or knowledge, though both are zbufctl/);
});

test.each([
  ['a report without evidence', {schema: 'zbufctl.report/1'}, /is not a report bundle/],
  ['another version', {schema: 'zbufctl.bundle/2'}, /is a zbufctl\.bundle\/2 document, not/],
  ['half a bundle', {schema: 'zbufctl.bundle/1', hosts: []}, /breaks the schema at the top/],
  ['no document', 7, /is not a report bundle/],
])('%s is refused in words', (_what, document, complaint) => {
  expect(() => handedOver(document)).toThrow(complaint);
});
