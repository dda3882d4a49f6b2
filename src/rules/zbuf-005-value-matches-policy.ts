import type {ZerocopyWish} from '../model/policy.js';
import {shownReading, shownValue} from './reading/shown-reading.js';
import {bootReading} from './reading/boot-reading.js';
import {bootValue, runningValue, ZEROCOPY} from './reading/boot-value.js';
import {LOOK_AS_ROOT} from './remedy.js';
import type {Judgement, Rule, RuleInput, Wants} from './rule.js';
import {notApplicable, pass, unknown} from './rule.js';

/** What runs, what boots and what rc is told is what the operator wants. */
export const valueMatchesPolicy: Rule = {
  id: 'ZBUF-005',
  slug: 'value-matches-policy',
  title: 'Value differs from the policy',
  severity: 'medium',
  claim:
    'The running value, the boot value, and the rc variables and services the policy names are as the policy wants them.',
  matters: 'The host does not do what was decided for it.',
  remedy:
    'Run zbufctl plan, which shows what it takes and whether it is safe, or change the policy. By hand: sysctl(8) and /etc/sysctl.conf.',
  remedyAt: (place) =>
    `Set it with sysctl(8), and for the next boot in ${place}; or change the policy.`,
  looksAt:
    'the policy, the running value, the boot value, the rc variables and services the policy names',
  sources: ['zbufctl.yaml, policy.zerocopy, policy.rc, policy.disable'],

  evaluate(scene) {
    const {evidence, policy, wants = NOTHING_KNOWN} = scene;
    const wanted = policy.zerocopy;
    const running = runningValue(evidence);
    const readings = [
      shownValue('policy.zerocopy', 'zbufctl.yaml', wanted ?? 'not set'),
      shownReading(ZEROCOPY, `sysctl ${ZEROCOPY}`, running),
      bootReading(evidence, bootValue(evidence)),
    ];
    if (running.state === 'absent') return [notApplicable('This kernel has no bpf(4).', readings)];
    if (wanted === undefined && wants.unmet.length === 0) {
      return [notApplicable('No policy says what the value should be.', readings)];
    }
    const value = wanted === undefined ? undefined : valueOpinion(scene, wanted, wants, readings);
    const missed = wants.unmet.filter(({hidden}) => !hidden).map(({text}) => text);
    const hidden = wants.unmet.filter((one) => one.hidden).map(({text}) => text);
    if (missed.length > 0) {
      const own = value?.verdict === 'fail' ? [value.summary] : [];
      return [{verdict: 'fail', summary: [...own, ...missed].join(' '), because: readings}];
    }
    if (value?.verdict === 'fail' || hidden.length === 0) return value === undefined ? [] : [value];
    return [unknown(hidden.join(' '), readings, LOOK_AS_ROOT)];
  },
};

/** Nobody looked further: 1 is not proven. */
const NOTHING_KNOWN: Wants = {unmet: []};
const NOT_PROVEN = {value: 0, why: 'nothing proves that 1 is safe here'} as const;

function valueOpinion(
  {evidence}: RuleInput,
  policy: ZerocopyWish,
  wants: Wants,
  readings: Judgement['because'],
): Judgement {
  const running = runningValue(evidence);
  const boot = bootValue(evidence);
  if (running.state !== 'read') {
    return unknown(
      'The running value could not be read.',
      readings,
      'Make it readable to the collector.',
    );
  }
  const jailed = evidence.identity.jailed.state === 'read' && evidence.identity.jailed.value;
  if (boot.state !== 'read' && !jailed) {
    return unknown(
      'The boot value could not be read.',
      readings,
      'Make the files readable to the collector.',
    );
  }
  const auto = wants.auto ?? NOT_PROVEN;
  const wanted = policy === 'auto' ? auto.value : policy === 'on' ? 1 : 0;
  const values = [
    {verb: 'runs', value: running.value},
    ...(boot.state === 'read' && !jailed ? [{verb: 'boots', value: boot.value.value}] : []),
  ];
  // Any value that is not 0 switches zero-copy on (facts: fork-truth-table.md).
  if (values.every(({value}) => (value !== 0) === (wanted !== 0)))
    return pass(`Runs and boots as the policy says (${policy}).`, readings);
  const is = values.map(({verb, value}) => `${verb} with ${value}`).join(' and ');
  const summary =
    policy === 'auto'
      ? `Policy auto wants ${wanted} here, because ${auto.why}; the host ${is}.`
      : `The policy says ${policy}, but the host ${is}.`;
  return {verdict: 'fail', summary, because: readings};
}
