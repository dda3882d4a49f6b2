import {because, said} from './because.js';
import {bootValue, runningValue, ZEROCOPY} from './boot-value.js';
import {describeBoot} from './describe-boot.js';
import {bootValueIsSafe, noForkCaptureWithZerocopyOn} from './no-fork-capture.js';
import type {Opinion, Rule, Scene} from './rule.js';
import {notApplicable, pass, unknown} from './rule.js';

/** What runs and what boots is what the operator wants. */
export const valueMatchesPolicy: Rule = {
  id: 'ZBUF-005',
  slug: 'value-matches-policy',
  severity: 'medium',
  claim: "The running value and the boot value are the policy's.",
  matters: 'The host does not do what was decided for it.',
  remedy:
    'Run zbufctl plan, which shows what it takes and whether it is safe, or change the policy. By hand: sysctl(8) and /etc/sysctl.conf.',
  looksAt: 'the policy, the running value and the boot value',
  sources: ['zbufctl.yaml, policy.zerocopy'],

  evaluate(scene) {
    const {evidence, policy} = scene;
    const wanted = policy.zerocopy;
    const running = runningValue(evidence);
    const boot = bootValue(evidence);
    const readings = [
      said('policy.zerocopy', 'zbufctl.yaml', wanted ?? 'not set'),
      because(ZEROCOPY, `sysctl ${ZEROCOPY}`, running),
      because('value the next boot sets', '/etc/sysctl.conf, /etc/sysctl.conf.local', boot, describeBoot),
    ];
    if (wanted === undefined) return [notApplicable('No policy says what the value should be.', readings)];
    if (running.state === 'absent') return [notApplicable('This kernel has no bpf(4).', readings)];
    if (running.state === 'unreadable') {
      return [
        unknown('The running value could not be read.', readings, 'Make it readable to the collector.'),
      ];
    }
    const jailed = evidence.identity.jailed.state === 'read' && evidence.identity.jailed.value;
    if (boot.state !== 'read' && !jailed) {
      return [
        unknown('The boot value could not be read.', readings, 'Make the files readable to the collector.'),
      ];
    }
    const values = [
      {what: 'runs', value: running.value, safe: noForkCaptureWithZerocopyOn},
      ...(boot.state === 'read' && !jailed
        ? [{what: 'boots', value: boot.value.value, safe: bootValueIsSafe}]
        : []),
    ];
    const wrong = values.flatMap(({what, value, safe}) => {
      const verdict = agrees(wanted, value, () => worst(safe, scene));
      return verdict === 'pass' ? [] : [{what, value, verdict}];
    });
    if (wrong.length === 0) return [pass(`Runs and boots as the policy says (${wanted}).`, readings)];
    if (wrong.every((w) => w.verdict === 'unknown')) {
      return [
        unknown(
          'The policy is auto and the value is on; whether that is safe here is not known.',
          readings,
          'See ZBUF-002 and ZBUF-003 for what is missing.',
        ),
      ];
    }
    const list = wrong.map((w) => `${w.what} with ${w.value}`).join(' and ');
    return [
      {verdict: 'fail', summary: `The policy says ${wanted}, but the host ${list}.`, because: readings},
    ];
  },
};

type Agreement = 'pass' | 'fail' | 'unknown';

/** `auto` means: on only where it is proven safe, else off. Off is always right under auto. */
function agrees(wanted: 'off' | 'on' | 'auto', value: number, safe: () => Agreement): Agreement {
  if (wanted === 'off') return value === 0 ? 'pass' : 'fail';
  if (wanted === 'on') return value !== 0 ? 'pass' : 'fail';
  return value === 0 ? 'pass' : safe();
}

function worst(rule: Rule, scene: Scene): Agreement {
  const verdicts = rule.evaluate(scene).map((o: Opinion) => o.verdict);
  if (verdicts.includes('fail')) return 'fail';
  return verdicts.includes('unknown') ? 'unknown' : 'pass';
}
