import type {Plan, PlannedHost} from '../model/plan.js';
import {canonicalJson} from '../text/canonical-json.js';
import {describeStep} from '../text/describe-step.js';
import type {PlannedState} from '../text/planned-state.js';
import {BY_HAND, plannedState} from '../text/planned-state.js';
import {sanitize} from '../text/sanitize.js';

import {cleanName, plural} from './page.js';
import type {Paint, Tone} from './paint.js';
import {painter} from './paint.js';
import type {RenderOptions} from './renderer.js';
import {diffLines} from './step-diff.js';
import {hang} from './wrap.js';

/** Below this many columns nothing sensible fits. */
const NARROWEST = 24;
/** Names of a group of hosts that are shown without -v. */
const NAMED = 12;

/**
 * A plan for a person: hosts of which the same is planned together, with the gate, the steps and the difference of every
 * file; then the sum of it. Everything that came from a host is made harmless. Ends in a newline.
 */
export function renderPlan(plan: Plan, look: RenderOptions): string {
  const paint = painter(look.colour);
  const width = Math.max(NARROWEST, look.width);
  const groups = groupsOf(plan.hosts).filter((group) => look.verbose || isNoteworthy(group));
  const blocks = groups.map((group) => groupLines(group, {...look, width}, paint).join('\n'));
  const closing = closingLines(plan, {...look, width}, paint).join('\n');
  return `${[...blocks, closing].join('\n\n')}\n`;
}

/** Nothing can be planned for some things that a person still has to do. */
const isNoteworthy = ({state, first}: Group): boolean =>
  state !== 'nothing' || first.gate.reasons.some((reason) => reason.startsWith(BY_HAND));

interface Group {
  readonly state: PlannedState;
  readonly hosts: readonly PlannedHost[];
  readonly first: PlannedHost;
}

const ORDER: readonly PlannedState[] = ['nothing', 'changes', 'unknown', 'refused'];

/** What needs a person last, where the eye is. */
function groupsOf(hosts: readonly PlannedHost[]): readonly Group[] {
  const groups = new Map<string, PlannedHost[]>();
  for (const host of hosts) {
    const key = canonicalJson([host.gate, host.steps]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [host]);
    else group.push(host);
  }
  return [...groups.values()]
    .flatMap((list): Group[] => {
      const [first] = list;
      return first === undefined ? [] : [{state: plannedState(first), hosts: list, first}];
    })
    .sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
}

const WORD: Readonly<Record<PlannedState, readonly [word: string, tone: Tone]>> = {
  changes: ['to change', 'warn'],
  nothing: ['nothing to do', 'good'],
  refused: ['refused', 'bad'],
  unknown: ['not known', 'doubt'],
};

function groupLines({state, hosts, first}: Group, look: RenderOptions, paint: Paint): readonly string[] {
  const {gate, steps} = first;
  const [word, tone] = WORD[state];
  const names = hosts.map(({host}) => cleanName(host));
  const shown = look.verbose ? names : names.slice(0, NAMED);
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : '';
  const size = hosts.length > 1 ? ` (${hosts.length} hosts)` : '';
  const heading = hang('', `${shown.join(', ')}${more}${size}: ${word}`, look.width);
  return [
    ...heading.map((line) => paint(tone, line)),
    ...gate.reasons.flatMap((reason) => hang('  - ', sanitize(reason), look.width)),
    ...gate.remedies.flatMap((remedy) => hang('  to do: ', sanitize(remedy), look.width)),
    ...steps.flatMap((step, i) => {
      const why = step.why.length > 0 ? `  [${step.why.join(' ')}]` : '';
      return hang(`  ${String(i + 1).padStart(2)}. `, `${describeStep(step)}${why}`, look.width);
    }),
    ...steps.flatMap((step) => diffLines(step, paint).map((line) => `      ${line}`)),
  ];
}

function closingLines(plan: Plan, look: RenderOptions, paint: Paint): readonly string[] {
  const of = (state: PlannedState): readonly PlannedHost[] =>
    plan.hosts.filter((h) => plannedState(h) === state);
  const changes = of('changes');
  const count = changes.flatMap(({steps}) => steps.filter(({kind}) => kind !== 'verify')).length;
  const parts = [
    `${changes.length} to change${count > 0 ? ` (${plural(count, 'step')})` : ''}`,
    `${of('nothing').length} with nothing to do`,
    `${of('refused').length} refused`,
    `${of('unknown').length} not known`,
  ];
  const sum = `${plural(plan.hosts.length, 'host')}: ${parts.join(', ')}.`;
  const next =
    changes.length === 0
      ? []
      : ['Nothing was changed. Next:', `  ${paint('strong', `zbufctl apply ${plan.id}`)}`];
  return [
    ...hang('', `Plan ${plan.id}, made from ${sanitize(plan.madeFrom)}.`, look.width),
    ...hang('', sum, look.width),
    ...next,
  ];
}
