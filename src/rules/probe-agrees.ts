import {said} from './because.js';
import {runningValue} from './boot-value.js';
import type {Rule} from './rule.js';
import {notApplicable, unknown} from './rule.js';

/** The kernel does what the knowledge base expects of it. */
export const probeAgrees: Rule = {
  id: 'ZBUF-010',
  slug: 'probe-agrees',
  severity: 'medium',
  claim: 'The kernel does what the knowledge base expects.',
  matters:
    'What is known about forks and zero-copy does not hold on this kernel, so neither do the other findings.',
  remedy: 'Report the probe result; keep the value at 0 on this kernel.',
  looksAt: 'the last stored probe of this host and kernel',
  sources: ['facts: fork-truth-table.md'],

  evaluate({evidence, probe}) {
    if (runningValue(evidence).state === 'absent') return [notApplicable('This kernel has no bpf(4).')];
    if (probe === undefined) {
      return [
        unknown(
          'This kernel was not probed.',
          [said('stored probe of this kernel', 'runs', 'none')],
          'Run zbufctl probe on the host.',
        ),
      ];
    }
    return [unknown('Probe results are not judged yet.', [], '')];
  },
};
