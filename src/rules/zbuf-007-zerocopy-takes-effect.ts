import {libpcapUpgrade, libpcapZerocopy} from '../knowledge/libpcap.js';
import type {ShownReading} from '../model/finding.js';

import {shownReading, shownValue} from './reading/shown-reading.js';
import {bootReading} from './reading/boot-reading.js';
import {bootValue, runningValue, ZEROCOPY} from './reading/boot-value.js';
import type {Rule} from './rule.js';
import {notApplicable, pass, unknown} from './rule.js';

/**
 * On, and yet nobody can use it: a setting that does nothing today and something else after an
 * upgrade.
 */
export const zerocopyTakesEffect: Rule = {
  id: 'ZBUF-007',
  slug: 'zerocopy-takes-effect',
  title: 'Zero-copy is on without effect',
  severity: 'info',
  claim: 'When the value is on, some libpcap in use can do zero-copy.',
  matters:
    'The setting does nothing now; the day libpcap is upgraded it takes effect on every capture at once.',
  remedy: `Set ${ZEROCOPY} to 0 until zero-copy is wanted, so that an upgrade does not switch it on.`,
  remedyAt: (place) =>
    `Set ${ZEROCOPY} to 0 until zero-copy is wanted (for the next boot in ${place}), so that an upgrade does not switch it on.`,
  looksAt: 'the value, and the version string of every libpcap found',
  sources: ['facts: libpcap-zerocopy-history.md sections 2 to 4'],

  evaluate({evidence}) {
    const running = runningValue(evidence);
    const boot = bootValue(evidence);
    const readings: ShownReading[] = [
      shownReading(ZEROCOPY, `sysctl ${ZEROCOPY}`, running),
      bootReading(evidence, boot),
      ...evidence.libraries.map((l) =>
        shownReading(`version of ${l.path}`, `strings ${l.path}`, l.version),
      ),
      ...evidence.programs.flatMap((p) =>
        p.builtIn.state === 'read'
          ? [shownValue(`libpcap inside ${p.path}`, `strings ${p.path}`, p.builtIn.value)]
          : [],
      ),
    ];
    if (running.state === 'absent') return [notApplicable('This kernel has no bpf(4).', readings)];
    const on =
      (running.state === 'read' && running.value !== 0) ||
      (boot.state === 'read' && boot.value.value !== 0);
    if (!on) {
      return running.state === 'read' && boot.state === 'read'
        ? [notApplicable('The value is 0 and stays 0.', readings)]
        : [
            unknown(
              'Whether the value is on could not be read.',
              readings,
              'Make the value readable.',
            ),
          ];
    }
    const versions = [
      ...evidence.libraries.map((l) => l.version),
      ...evidence.programs.flatMap((p) => (p.builtIn.state === 'read' ? [p.builtIn] : [])),
    ];
    const answers = versions.map((v) =>
      v.state === 'read' ? libpcapZerocopy(v.value).can : 'unknown',
    );
    if (answers.includes('yes'))
      return [pass('A libpcap on this host can do zero-copy.', readings)];
    if (answers.length === 0 || answers.includes('unknown')) {
      return [
        unknown(
          'Whether any libpcap here can do zero-copy is not known.',
          readings,
          'Make the libpcap files readable.',
        ),
      ];
    }
    const lines = versions.flatMap((v) => (v.state === 'read' ? [v.value] : []));
    return [
      {
        verdict: 'fail',
        summary: `The value is on, but no libpcap on this host can do zero-copy. ${libpcapUpgrade(lines)}`,
        because: readings,
      },
    ];
  },
};
