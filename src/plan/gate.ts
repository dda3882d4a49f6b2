import type {ChangePolicy} from '../model/change-policy.js';
import type {GateReason, PlannedHost} from '../model/plan.js';
import type {Service} from '../model/service.js';
import type {CaptureProgram} from '../rules/reading/capture-services.js';
import {capturePrograms} from '../rules/reading/capture-services.js';
import {capturesAreKnown} from '../rules/zbuf-011-captures-are-known.js';
import {noCaptureIsStalled} from '../rules/zbuf-001-no-capture-is-stalled.js';
import type {RuleInput} from '../rules/rule.js';
import type {NotEditable} from '../steps/editable.js';

import {bootEdits} from './boot-edits.js';
import {hostBlockers} from './host-blockers.js';
import {probeBlockers} from './probe-blockers.js';

export interface GateInput extends RuleInput {
  readonly changes: ChangePolicy;
  /** What net.bpf.zerocopy_enable is to be set to, now and at boot. */
  readonly target: number;
  /** Services the same plan stops and switches off, by id. */
  readonly disabled: readonly string[];
  /** Services the same plan starts again in another buffer mode, by id. */
  readonly restarted?: readonly string[];
  /** ISO 8601 UTC. */
  readonly now: string;
  readonly cleanDuplicates?: boolean;
  /** What the rest of the plan found it cannot do. */
  readonly also?: readonly NotEditable[];
}

export type Gate = PlannedHost['gate'];

/**
 * Whether the value may be set, with every reason why not and what would make it safe. Setting 0
 * breaks no capture, so only what keeps it from being done counts. Setting anything else has to be
 * proven safe: unknown is unsafe.
 */
export function judgeGate(input: GateInput): Gate {
  const {evidence, target, cleanDuplicates = false} = input;
  const blockers = [
    ...hostBlockers(evidence, target),
    ...bootEdits(evidence, target, cleanDuplicates).refusals,
    ...(target === 0 ? [] : captureBlockers(input)),
    ...(target === 0 ? [] : probeBlockers(input)),
    ...(input.also ?? []),
  ];
  return gateOf(blockers);
}

export const gateOf = (blockers: readonly NotEditable[]): Gate => ({
  allowed: blockers.length === 0,
  reasons: onceEach(
    blockers.map(({kind, reason, remedy}): GateReason => ({
      kind: kind ?? 'refusal',
      text: reason,
      remedy,
    })),
  ),
});

/** The same reason may be found in two places. */
const onceEach = (reasons: readonly GateReason[]): readonly GateReason[] => [
  ...new Map(reasons.map((one) => [`${one.text}\n${one.remedy ?? ''}`, one])).values(),
];

const REMAIN_OFF = 'or leave policy.zerocopy at off or auto';

/** Whatever captures, or will capture, and is not known to survive zero-copy. */
function captureBlockers(input: GateInput): readonly NotEditable[] {
  const unknownPrograms = capturesAreKnown
    .evaluate(input)
    .flatMap((o): NotEditable[] =>
      o.verdict === 'pass' || o.verdict === 'not-applicable'
        ? []
        : [{reason: o.summary, remedy: o.fix ?? capturesAreKnown.remedy}],
    );
  const stalled = noCaptureIsStalled
    .evaluate(input)
    .flatMap((o): NotEditable[] =>
      o.verdict === 'fail' &&
      !isDisabled(input, o.service) &&
      !input.restarted?.includes(o.service ?? '')
        ? [{reason: o.summary, remedy: o.fix ?? noCaptureIsStalled.remedy}]
        : [],
    );
  const hit = capturePrograms(input).flatMap((program) => programBlocker(input, program));
  return [...unknownPrograms, ...stalled, ...hit];
}

const isDisabled = ({disabled}: GateInput, id: string | undefined): boolean =>
  id !== undefined && disabled.includes(id);

/** Safe, and certainly so, or out of reach of zero-copy: everything else is refused. */
function programBlocker(input: GateInput, program: CaptureProgram): readonly NotEditable[] {
  const {label, service, libpcap, outlook, certain, why} = program;
  if (isDisabled(input, service?.id)) return [];
  // Whether it goes past libpcap is not known of every program; then what its libpcap can do
  // settles nothing.
  const outOfReach = libpcap.can === 'no';
  if (outOfReach && service?.requestsZerocopy !== 'unverified') return [];
  // A race was measured to survive: the other process is gone before the next acknowledge
  // (fork-truth-table.md).
  if (
    certain &&
    (libpcap.can === 'yes' || outOfReach) &&
    (outlook === 'safe' || outlook === 'race')
  )
    return [];
  if (outlook === 'breaks') {
    return [
      {
        reason: `${label} forks after opening its capture and would lose it (${why})`,
        remedy: `${howToStop(service)}, ${REMAIN_OFF}.`,
      },
    ];
  }
  const gap =
    libpcap.can === 'yes' || outOfReach
      ? `when ${label} forks is not certain (${why})`
      : libpcap.can === 'none'
        ? `${label} captures without libpcap, so what it asks of the kernel is not known`
        : libpcap.why === undefined
          ? `whether the libpcap of ${label} can do zero-copy is not known`
          : `whether ${label} will capture in zero-copy mode is not known: ${libpcap.why}`;
  return [
    {
      reason: gap,
      remedy: `Describe ${label} under policy.services, or: ${howToStop(service)}, ${REMAIN_OFF}.`,
    },
  ];
}

const howToStop = (service: Service | undefined): string =>
  service?.rcScript === undefined || service.rcVariable === undefined
    ? 'End it'
    : `Let the plan switch it off (policy.disable: [${service.id}])`;
