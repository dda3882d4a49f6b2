import type {GateReason, Plan, PlannedHost, PlannedState, ReasonKind} from '../../model/plan.js';
import {canonicalJson} from '../../text/canonical-json.js';
import {describeStep} from '../../text/describe-step.js';
import {sanitize} from '../../text/sanitize.js';

import {cleanName, plural} from '../terminal/page.js';
import type {Paint, Tone} from '../terminal/paint.js';
import {painter} from '../terminal/paint.js';
import type {RenderOptions} from '../renderer.js';
import {diffLines} from '../apply/step-diff.js';
import {hang} from '../terminal/wrap.js';

/** Below this many columns nothing sensible fits. */
const NARROWEST = 24;
/** Names of a group of hosts that are shown without -v. */
const NAMED = 12;

/**
 * A plan for a person: hosts of which the same is planned together, with the gate, the steps and
 * the difference of every file; then the sum of it, and what is next unless that is happening
 * already (`beforeApply`). Everything that came from a host is made harmless. Ends in a newline.
 */
export function renderPlan(
  plan: Plan,
  look: RenderOptions & {readonly beforeApply?: boolean},
): string {
  const paint = painter(look.colour);
  const width = Math.max(NARROWEST, look.width);
  const groups = groupsOf(plan.hosts).filter((group) => look.verbose || isNoteworthy(group));
  const blocks = groups.map((group) => groupLines(group, {...look, width}, paint).join('\n'));
  const closing = closingLines(plan, {...look, width}, paint).join('\n');
  return `${[...blocks, closing].join('\n\n')}\n`;
}

const isNoteworthy = ({state}: Group): boolean => state !== 'nothing';

interface Group {
  readonly state: PlannedState;
  readonly hosts: readonly PlannedHost[];
  readonly first: PlannedHost;
}

const ORDER: readonly PlannedState[] = [
  'nothing',
  'changes',
  'by-hand',
  'unreachable',
  'unknown',
  'refused',
];

/** What needs a person last, where the eye is. */
function groupsOf(hosts: readonly PlannedHost[]): readonly Group[] {
  const groups = new Map<string, PlannedHost[]>();
  for (const host of hosts) {
    const key = canonicalJson([host.state, host.gate, host.byHand, host.steps]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [host]);
    else group.push(host);
  }
  return [...groups.values()]
    .flatMap((list): Group[] => {
      const [first] = list;
      return first === undefined ? [] : [{state: first.state, hosts: list, first}];
    })
    .sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
}

const WORD: Readonly<Record<PlannedState, readonly [word: string, tone: Tone]>> = {
  changes: ['to change', 'warn'],
  nothing: ['nothing to do', 'good'],
  refused: ['refused', 'bad'],
  'by-hand': ['to do by hand', 'warn'],
  unknown: ['not known', 'doubt'],
  unreachable: ['unreachable', 'doubt'],
};

function groupLines(
  {state, hosts, first}: Group,
  look: RenderOptions,
  paint: Paint,
): readonly string[] {
  const {byHand, gate, steps} = first;
  const [word, tone] = WORD[state];
  const names = hosts.map(({host}) => cleanName(host));
  const shown = look.verbose ? names : names.slice(0, NAMED);
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : '';
  const size = hosts.length > 1 ? ` (${hosts.length} hosts)` : '';
  const heading = hang('', `${shown.join(', ')}${more}${size}: ${word}`, look.width);
  return [
    ...heading.map((line) => paint(tone, line)),
    ...reasonLines(first, look),
    // Of a host that is refused or not known, the reasons above have said it.
    ...(gate.allowed ? byHand : []).flatMap(({text, command}) => [
      ...hang('  by hand: ', sanitize(text), look.width),
      ...(command === undefined ? [] : hang('      ', sanitize(command), look.width)),
    ]),
    ...steps.flatMap((step, i) => {
      const why = step.why.length > 0 ? `  [${step.why.join(' ')}]` : '';
      return hang(`  ${String(i + 1).padStart(2)}. `, `${describeStep(step)}${why}`, look.width);
    }),
    ...steps.flatMap((step) => diffLines(step, paint).map((line) => `      ${line}`)),
  ];
}

/**
 * What is by hand is said as a to-do of its own. A note may be one of many: the first says it, -v
 * says all.
 */
function reasonLines({gate}: PlannedHost, look: RenderOptions): readonly string[] {
  const of = (kind: ReasonKind): readonly GateReason[] =>
    gate.reasons.filter((r) => r.kind === kind);
  const [refusals, gaps, notes] = [of('refusal'), of('gap'), of('note')];
  const against = [...refusals, ...gaps];
  const shown = look.verbose ? notes : notes.slice(0, FEW);
  const hidden = notes.length - shown.length;
  const remedies = [...against, ...shown].flatMap(({remedy}) => remedy ?? []);
  return [
    ...[...against, ...shown].flatMap(({text}) => hang('  - ', sanitize(text), look.width)),
    ...(hidden === 0 ? [] : hang('  - ', `and ${hidden} more: -v shows all`, look.width)),
    ...[...new Set(remedies)].flatMap((remedy) => hang('  to do: ', sanitize(remedy), look.width)),
  ];
}

/** Notes of a host that are shown without -v. */
const FEW = 2;

function closingLines(
  plan: Plan,
  look: RenderOptions & {readonly beforeApply?: boolean},
  paint: Paint,
): readonly string[] {
  const of = (state: PlannedState): readonly PlannedHost[] =>
    plan.hosts.filter((h) => h.state === state);
  const changes = of('changes');
  const count = changes.flatMap(({steps}) => steps.filter(({kind}) => kind !== 'verify')).length;
  const optional = (state: PlannedState, word: string): readonly string[] =>
    of(state).length === 0 ? [] : [`${of(state).length} ${word}`];
  const parts = [
    `${changes.length} to change${count > 0 ? ` (${plural(count, 'step')})` : ''}`,
    ...optional('by-hand', 'by hand'),
    `${of('nothing').length} with nothing to do`,
    ...optional('refused', 'refused'),
    ...optional('unknown', 'not known'),
    ...optional('unreachable', 'unreachable'),
  ];
  const sum = `${plural(plan.hosts.length, 'host')}: ${parts.join(', ')}.`;
  const next =
    changes.length === 0 || look.beforeApply === true
      ? []
      : ['Nothing was changed. Next:', `  ${paint('strong', `zbufctl apply ${plan.id}`)}`];
  return [
    ...rcOfPolicies(plan).flatMap((line) => hang('', line, look.width)),
    ...hang('', `Plan ${plan.id}, made from ${sanitize(plan.madeFrom)}.`, look.width),
    ...hang('', sum, look.width),
    ...next,
  ];
}

/** The variables the policies set, in full: whoever edits the policy in a plan is seen. */
const rcOfPolicies = ({policies}: Plan): readonly string[] =>
  policies.flatMap(({policy, hosts}) => {
    const rc = policy['rc'];
    if (typeof rc !== 'object' || rc === null) return [];
    const set = Object.entries(rc).map(([name, value]) => `${name}="${String(value)}"`);
    return set.length === 0
      ? []
      : [sanitize(`policy.rc of ${plural(hosts.length, 'host')}: ${set.join(', ')}`)];
  });
