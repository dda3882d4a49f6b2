import type {ShownReading} from '../model/finding.js';
import {compareWithExpected} from '../probe/compare.js';

import {shownReading, shownValue} from './reading/shown-reading.js';
import {runningValue} from './reading/boot-value.js';
import type {Rule} from './rule.js';
import {notApplicable, pass, unknown} from './rule.js';

/** How many differences a finding names. */
const NAMED = 5;

/**
 * The kernel does what the knowledge base expects of it: judged from packets the probe counted on
 * that kernel.
 */
export const probeAgrees: Rule = {
  id: 'ZBUF-010',
  slug: 'probe-agrees',
  title: 'Kernel differs from what was measured',
  severity: 'medium',
  claim: 'The kernel does what the knowledge base expects.',
  matters:
    'What is known about forks and zero-copy does not hold on this kernel, so neither do the other findings.',
  remedy: 'Report the probe result; keep the value at 0 on this kernel.',
  looksAt: 'the last stored probe of this host and kernel',
  sources: ['facts: fork-truth-table.md'],

  evaluate({evidence, probe}) {
    if (runningValue(evidence).state === 'absent')
      return [notApplicable('This kernel has no bpf(4).')];
    // A practice host has a model of the kernel, whose answer counts nowhere.
    const decides = evidence.practice
      ? 'Nothing on a practice host; on a real one, zbufctl probe.'
      : 'Run zbufctl probe on the host (--allow-enable where the value is 0).';
    if (probe === undefined) {
      return [
        unknown(
          'This kernel was not probed.',
          [shownValue('stored probe of this host', 'runs', 'none')],
          decides,
        ),
      ];
    }
    const {release} = evidence.identity;
    const {host} = probe;
    const readings: ShownReading[] = [
      shownValue('probe', `run ${probe.run}`, `of ${probe.at}, kernel ${host.kernel}`),
      shownReading('running kernel', 'uname -r', release),
      ...(probe.laterTry === undefined
        ? []
        : [
            shownValue(
              'a later try',
              `run ${probe.laterTry.run}`,
              `failed: ${probe.laterTry.host.error?.code ?? 'incomplete'}`,
            ),
          ]),
    ];
    if (host.model)
      return [unknown('The stored probe is of a model, not of a kernel.', readings, decides)];
    if (release.state !== 'read' || release.value !== host.kernel) {
      return [
        unknown('The stored probe is of another kernel than the one that runs.', readings, decides),
      ];
    }
    if (host.error !== undefined) {
      return [unknown(`The last probe failed (${host.error.code}).`, readings, decides)];
    }
    const differences = compareWithExpected(host.matrix, {complete: true});
    const missing = differences.filter((d) => d.what === 'missing');
    const wrong = differences.filter((d) => d.what !== 'missing');
    const shown = wrong
      .slice(0, NAMED)
      .map((d) =>
        shownValue(
          `${d.mode}/${d.inherit}/${d.scenario}: ${d.what}`,
          `run ${probe.run}`,
          `${d.found}, expected ${d.expected}`,
        ),
      );
    if (wrong.length > 0) {
      return [
        {
          verdict: 'fail',
          summary: `The kernel differs from what is known in ${wrong.length} places of the probe's matrix.`,
          because: [...readings, ...shown],
        },
      ];
    }
    if (missing.length > 0)
      return [unknown('The stored probe did not ask everything.', readings, decides)];
    return [pass('The kernel does what is known of it.', readings)];
  },
};
