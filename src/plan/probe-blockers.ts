import type {ChangePolicy} from '../model/change-policy.js';
import {probeAgrees} from '../rules/zbuf-010-probe-agrees.js';
import type {RuleInput} from '../rules/rule.js';
import type {NotEditable} from '../steps/editable.js';

const MINUTE = 60_000;

/** Whatever keeps the stored probe from proving that this host's kernel behaves; empty: it does. */
export function probeBlockers(
  input: RuleInput & {readonly changes: ChangePolicy; readonly now: string},
): readonly NotEditable[] {
  const {probe, evidence, changes} = input;
  const again = `Run: zbufctl probe ${evidence.host} --allow-enable`;
  const agreement = probeAgrees
    .evaluate(input)
    .flatMap((o): NotEditable[] =>
      o.verdict === 'pass' ? [] : [{reason: o.summary, remedy: o.fix ?? probeAgrees.remedy}],
    );
  if (probe === undefined) return agreement.map(({reason}) => ({reason, remedy: again}));
  const blockers = [...agreement];
  if (probe.host.host !== evidence.host)
    blockers.push({
      reason: `the stored probe is of ${probe.host.host}, not of this host`,
      remedy: again,
    });
  const {machine} = evidence.identity;
  if (machine.state !== 'read' || machine.value !== probe.host.machine)
    blockers.push({
      reason: `the stored probe is of a ${probe.host.machine} machine, and this is not known to be one`,
      remedy: again,
    });
  const age = Date.parse(input.now) - Date.parse(probe.at);
  if (!(age <= changes.probeAge * 1000)) {
    blockers.push({
      reason: `the stored probe is older than the policy allows (made ${probe.at}, allowed ${days(changes.probeAge)})`,
      remedy: again,
    });
  } else if (age < -5 * MINUTE) {
    blockers.push({
      reason: `the stored probe is from the future (${probe.at}): a clock is wrong`,
      remedy: again,
    });
  }
  return blockers;
}

const days = (seconds: number): string =>
  seconds % 86_400 === 0 ? `${seconds / 86_400} days` : `${seconds / 3600} hours`;
