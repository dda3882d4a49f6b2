import type {Reading} from '../model/reading.js';

import {bootReading} from './reading/boot-reading.js';
import {bootValue, runningValue, ZEROCOPY} from './reading/boot-value.js';
import {FORK_SOURCES, judgeForks} from './reading/forks-at-value.js';
import type {Rule} from './rule.js';
import {notApplicable} from './rule.js';

/**
 * The same for the value the next boot will set. What captures now without rc counts, too: an
 * appliance's own starter, cron or a supervisor will start it again, and none of them can be seen.
 * The plan's gate asks the same before it sets the value.
 */
export const bootValueIsSafe: Rule = {
  id: 'ZBUF-003',
  slug: 'boot-value-is-safe',
  title: 'Boot value breaks captures',
  severity: 'high',
  claim:
    'With the value the next boot sets, no running or enabled service forks after opening a capture that would be zero-copy.',
  matters:
    'After the next reboot the service records one buffer and then goes silent: no error, no drop counter.',
  remedy: `Set ${ZEROCOPY}=0 in the file and line named, or disable the service and whatever else starts it.`,
  remedyAt: (place) =>
    `Set ${ZEROCOPY} to 0 in ${place}, or disable the service and whatever else starts it.`,
  looksAt:
    '/etc/sysctl.conf and /etc/sysctl.conf.local, which services run or are enabled (procstat -f, service -e), their flags, the libpcap each will load',
  sources: FORK_SOURCES,

  evaluate(scene) {
    const {evidence} = scene;
    const running = runningValue(evidence);
    if (running.state === 'absent') return [notApplicable('This kernel has no bpf(4).')];
    if (evidence.identity.jailed.state === 'read' && evidence.identity.jailed.value) {
      return [notApplicable("This is a jail: the boot value belongs to the jail's host.")];
    }
    const boot = bootValue(evidence);
    const reading = bootReading(evidence, boot);
    const value: Reading<number> =
      boot.state === 'read' ? {state: 'read', value: boot.value.value} : boot;
    return judgeForks(scene, value, reading, 'boots');
  },
};
