import {loadServices} from '../../src/cli/hosts/load-services.js';
import type {ChangePolicy} from '../../src/model/change-policy.js';
import {NO_CHANGE_POLICY} from '../../src/model/change-policy.js';
import type {Evidence, RcFile} from '../../src/model/evidence.js';
import type {Policy} from '../../src/model/policy.js';
import type {PlannedHost} from '../../src/model/plan.js';
import type {ProbeCell, ProbedHost, StoredProbe} from '../../src/model/probe.js';
import {absent, read} from '../../src/model/reading.js';
import type {Service} from '../../src/model/service.js';
import type {PlanHostInput} from '../../src/plan/make-plan.js';
import {planHost} from '../../src/plan/make-plan.js';
import {findingsOf} from '../../src/plan/policy-wants.js';
import {expectedMatrix} from '../../src/probe/expected-matrix.js';
import {describeStep} from '../../src/text/describe-step.js';
import type {CaptureSpec, Layout} from '../rules/scene.js';
import {hostOf, pages} from '../rules/scene.js';

export const SERVICES = await loadServices();
export const NOW = '2026-11-24T12:00:00.000Z';

/** What a kernel that behaves as measured answers to 20 packets a round. */
const matrix: readonly ProbeCell[] = expectedMatrix.map(
  ({parent, child, basis: _basis, ...cell}) => ({
    ...cell,
    sent: parent.map(() => 20),
    parent: parent.map((share) => share * 20),
    child: child.map((share) => share * 20),
    seenByOther: parent.map(() => 0),
  }),
);

export const probeOf = (
  changes: Partial<ProbedHost> = {},
  at = '2026-11-24T08:15:20Z',
): StoredProbe => ({
  run: '20261124T081500Z-probe-3f9a',
  at,
  host: {
    host: 'fw01.example.net',
    kernel: '15.1-RELEASE-p1',
    machine: 'amd64',
    model: false,
    interface: 'lo0',
    zerocopyBefore: 1,
    zerocopyAfter: 1,
    elapsedMilliseconds: 9000,
    matrix,
    ...changes,
  },
});

/** A host of the layout with its rc files; the variables stand in /etc/rc.conf, one a line. */
export function evidenceOf(layout: Layout, changes: Partial<Evidence> = {}): Evidence {
  const evidence = hostOf(layout);
  const assignments = Object.entries(layout.variables ?? {}).map(([name, value], i) => ({
    line: i + 1,
    name,
    value,
    literal: true,
  }));
  const main: RcFile = {
    path: '/etc/rc.conf',
    mode: '0644',
    owner: 'root',
    group: 'wheel',
    flags: '',
    assignments: read(assignments),
  };
  const files = [main, {path: '/etc/rc.conf.local', assignments: absent}];
  return {...evidence, rc: {...evidence.rc, files}, ...changes};
}

export interface PlanSpec {
  readonly evidence: Evidence;
  readonly policy?: Policy;
  readonly changes?: Partial<ChangePolicy>;
  readonly services?: readonly Service[];
  readonly probe?: StoredProbe | undefined;
  readonly cleanDuplicates?: boolean;
}

export function inputOf(spec: PlanSpec): PlanHostInput {
  const {evidence, policy = {}, services = SERVICES, probe} = spec;
  const scene = {
    evidence,
    policy,
    services,
    host: evidence.host,
    address: evidence.address,
    changes: {...NO_CHANGE_POLICY, ...spec.changes},
    now: NOW,
    ...(probe === undefined ? {} : {probe}),
  };
  return {...scene, findings: findingsOf(scene), cleanDuplicates: spec.cleanDuplicates === true};
}

export const planOf = (spec: PlanSpec): PlannedHost => planHost(inputOf(spec));

/** The steps in a line each: what a test asserts on. */
export const shown = ({steps}: PlannedHost): readonly string[] =>
  steps.map((step) => {
    switch (step.kind) {
      case 'set-running':
        return `running ${step.from} -> ${step.to}`;
      case 'write-boot':
        return `boot ${step.file} ${step.bootFrom} -> ${step.bootTo}`;
      case 'set-rc':
        return `rc ${step.file} ${step.variable} ${step.from ?? 'unset'} -> ${step.to ?? 'unset'}`;
      case 'install-mode':
        return `install ${step.mode}`;
      case 'map-mode':
        return `map ${describeStep(step)}`;
      case 'restart-service':
      case 'start-service':
      case 'stop-service':
        return `${step.kind} ${step.service}${step.mayKill ? ' may kill' : ''}`;
      case 'verify':
        return `verify ${step.what} ${step.expected}`;
    }
  });

/** pflogd as it looks when it has lost its buffers; `fine`: buffered and well. */
export const pflogd = (kind: 'stalled' | 'fine'): CaptureSpec => ({
  pid: 3883,
  command: 'pflogd',
  args: 'pflogd: [running] -s 116 -i pflog0 -f /var/log/pflog',
  state: kind === 'stalled' ? 'R' : 'S',
  before: kind === 'stalled' ? [100, 500, 12_456] : [100, 0, 0],
  after: kind === 'stalled' ? [140, 900, 12_456] : [140, 0, 0],
  offset: kind === 'stalled' ? 0 : 4096,
  memory: [
    pages('C----', 256, {resident: 0, privateResident: 0}),
    pages('CN---', 256, {refCount: 2}),
  ],
});

/** Everything a gate says, for tests that look for a part of it. */
export const textOf = ({reasons}: PlannedHost['gate']): string =>
  reasons.map(({kind, text, remedy = ''}) => `${kind}: ${text} ${remedy}`).join('\n');
