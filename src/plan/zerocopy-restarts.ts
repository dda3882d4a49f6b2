import type {ChangePolicy} from '../model/change-policy.js';
import type {GateReason} from '../model/plan.js';
import {runningValue} from '../rules/reading/boot-value.js';
import {scriptOf} from '../rules/reading/capture-services.js';
import type {RuleInput} from '../rules/rule.js';
import type {NotEditable} from '../steps/editable.js';

import type {SeenCapture} from './seen-captures.js';
import {isKept} from './service-changes.js';

export interface Restarts {
  /** rc scripts, once each. */
  readonly scripts: readonly string[];
  /** The services they belong to, by script. */
  readonly refusals: readonly NotEditable[];
  /**
   * What a person must do, since no rc script starts it; does not keep the plan from being carried
   * out.
   */
  readonly byHand: readonly LeftOver[];
  readonly notes: readonly GateReason[];
}

/** A capture that no step can restart. */
export interface LeftOver {
  readonly pid: number;
  readonly why: string;
  readonly toDo: string;
  readonly command: string;
}

/**
 * The services that have to begin anew once the value is 0: what is stalled, and, while the value
 * is on, what captures in zero-copy mode or may do so (the mode of an open descriptor does not
 * change with the value, facts: fork-truth-table.md). Once it is 0 nothing that is well is
 * disturbed: the audit has nothing against it either.
 * @param accepted pids of stalled captures that a waiver covers
 */
export function zerocopyRestarts(
  scene: RuleInput,
  changes: ChangePolicy,
  seen: readonly SeenCapture[],
  accepted: ReadonlySet<number> = new Set(),
): Restarts {
  const running = runningValue(scene.evidence);
  const isOn = running.state === 'read' && running.value !== 0;
  const concerned = seen.filter(
    (c) =>
      (c.state === 'stalled' && !accepted.has(c.pid)) ||
      (c.state === 'zero-copy' && isOn) ||
      (c.state === 'undecided' && isOn && c.service?.requestsZerocopy !== 'never'),
  );
  const scripts = new Set<string>();
  const refusals: NotEditable[] = [];
  const byHand: LeftOver[] = [];
  const notes: GateReason[] = [];
  for (const capture of concerned) {
    const {service, jid, command, pid} = capture;
    const what = `${command} (pid ${pid}) on ${capture.interfaceName} ${SAYS[capture.state]}`;
    const script =
      service === undefined || scriptOf(scene, service) === undefined
        ? undefined
        : service.rcScript;
    if (service !== undefined && isKept(service, changes, scene.services)) {
      refusals.push({
        reason: `${what} and would have to be restarted, but policy.keep says not to touch ${service.id}`,
        remedy: `Restart ${service.id} when it suits, or take it out of policy.keep.`,
      });
    } else if (script === undefined || (jid !== undefined && jid > 0)) {
      const why = `${what}, and ${jid !== undefined && jid > 0 ? `runs in jail ${jid}` : 'no enabled rc script starts it'}`;
      // It is well: that it keeps its mode until it begins anew is good to know, and nobody has to
      // act.
      if (capture.state !== 'stalled') {
        notes.push({kind: 'note', text: `${why}: it keeps its mode until it is restarted`});
        continue;
      }
      byHand.push({
        pid,
        why,
        toDo: `Restart ${command} (pid ${pid}) once the value is 0: end it (it may ignore SIGTERM), and start it as it was started.`,
        command: `kill -KILL ${pid}`,
      });
    } else scripts.add(script);
  }
  return {scripts: [...scripts], refusals, byHand, notes};
}

const SAYS = {
  stalled: 'has stopped recording',
  'zero-copy': 'captures in zero-copy mode',
  undecided: 'may capture in zero-copy mode',
  buffered: '',
} as const;
