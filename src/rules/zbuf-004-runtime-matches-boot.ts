import {shownReading} from './reading/shown-reading.js';
import {bootReading} from './reading/boot-reading.js';
import {bootValue, runningValue, ZEROCOPY} from './reading/boot-value.js';
import {describeBoot} from './reading/describe-boot.js';
import type {Rule} from './rule.js';
import {notApplicable, pass, unknown} from './rule.js';

/**
 * The value that runs is the value that boots: a fix that is not written down is undone by the next
 * reboot.
 */
export const runtimeMatchesBoot: Rule = {
  id: 'ZBUF-004',
  slug: 'runtime-matches-boot',
  title: 'Running value differs from the boot value',
  severity: 'medium',
  claim: 'The value that runs is the value the next boot will set.',
  matters: 'The next reboot changes how packets are captured, without anybody having decided it.',
  remedy: 'Decide for one value; set it with sysctl(8) and write the same to /etc/sysctl.conf.',
  remedyAt: (place) => `Decide for one value; set it with sysctl(8), and the same in ${place}.`,
  looksAt:
    "the running value, and all that sets it at boot: the sysctl.conf files, those of modules rc loads, scripts, an appliance's own tunables",
  sources: ['sysctl.conf(5)', 'rc.d/sysctl', 'facts: host-behaviour.md (not a loader tunable)'],

  evaluate({evidence}) {
    const running = runningValue(evidence);
    const boot = bootValue(evidence);
    const readings = [
      shownReading(ZEROCOPY, `sysctl ${ZEROCOPY}`, running),
      bootReading(evidence, boot),
    ];
    if (running.state === 'absent') return [notApplicable('This kernel has no bpf(4).', readings)];
    if (evidence.identity.jailed.state === 'read' && evidence.identity.jailed.value) {
      return [
        notApplicable(
          "This is a jail: the value and its boot setting belong to the jail's host.",
          readings,
        ),
      ];
    }
    if (running.state === 'unreadable' || boot.state !== 'read') {
      return [
        unknown(
          'Running and boot value cannot be compared.',
          readings,
          'Make both readable to the collector.',
        ),
      ];
    }
    if (running.value === boot.value.value) {
      return [pass(`Runs with ${running.value} and boots with ${boot.value.value}.`, readings)];
    }
    return [
      {
        verdict: 'fail',
        summary: `Runs with ${running.value}, but the next boot sets ${boot.value.value} (${describeBoot(boot.value)}).`,
        because: readings,
      },
    ];
  },
};
