import {shownReading} from './reading/shown-reading.js';
import {ZEROCOPY, runningValue} from './reading/boot-value.js';
import {FORK_SOURCES, judgeForks} from './reading/forks-at-value.js';
import type {Rule} from './rule.js';
import {notApplicable} from './rule.js';

/**
 * While the value is on: nothing that runs or that rc starts forks after opening a zero-copy
 * capture.
 */
export const noForkCaptureWithZerocopyOn: Rule = {
  id: 'ZBUF-002',
  slug: 'no-fork-capture-with-zerocopy-on',
  title: 'Capture breaks at its next start',
  severity: 'high',
  claim:
    'While the running value is not 0, no running or enabled service forks after opening a capture that would be zero-copy.',
  matters:
    'At its next start the service records one buffer and then goes silent: no error, no drop counter.',
  remedy: `Set ${ZEROCOPY} to 0 (sysctl ${ZEROCOPY}=0) and restart the services that still capture in zero-copy mode.`,
  remedyAt: (place) =>
    `Set ${ZEROCOPY} to 0 (sysctl ${ZEROCOPY}=0, and for the next boot in ${place}) and restart the services that still capture in zero-copy mode.`,
  looksAt:
    'the running value, which services run or are enabled (procstat -f, service -e), their arguments, the libpcap each loads and its version',
  sources: FORK_SOURCES,

  evaluate(scene) {
    const running = runningValue(scene.evidence);
    const reading = shownReading(ZEROCOPY, `sysctl ${ZEROCOPY}`, running);
    if (running.state === 'absent') return [notApplicable('This kernel has no bpf(4).', [reading])];
    return judgeForks(scene, running, reading, 'runs');
  },
};
