import type {Evidence} from '../model/evidence.js';
import type {ShownReading} from '../model/finding.js';

import {shownReading, shownValue} from './reading/shown-reading.js';
import type {Assignment} from './reading/boot-value.js';
import {bootReading} from './reading/boot-reading.js';
import type {Unloaded} from './reading/boot-modules.js';
import {unloadedAssignments} from './reading/boot-modules.js';
import {ignoresSysctlConf} from './reading/boot-sources.js';
import {
  assignmentsIn,
  BOOT_FILES,
  bootValue,
  fileAt,
  runningValue,
  ZEROCOPY,
} from './reading/boot-value.js';
import {loaderAssignments} from './reading/loader-conf.js';
import type {Rule} from './rule.js';
import {notApplicable, pass, unknown} from './rule.js';

/** Written once, in a file that is loaded, and not overridden by a later line. */
export const settingIsWhereItCounts: Rule = {
  id: 'ZBUF-006',
  slug: 'setting-is-where-it-counts',
  title: 'Setting where it does not count',
  severity: 'low',
  claim:
    'The setting is written once, in a file rc.d/sysctl loads, and no later line overrides it.',
  matters: 'Whoever reads the file believes a value that is not the one in force.',
  remedy: 'Keep one line, in /etc/sysctl.conf, and remove the others.',
  remedyAt: (place) => `Keep it in one place, which is ${place}, and remove the others.`,
  looksAt:
    'every assignment in the sysctl.conf and loader.conf files, in files that look like them and are not loaded, and in the tunables of an appliance, with file and line',
  sources: [
    'facts: host-behaviour.md (loader.conf does nothing: not a tunable; /etc/sysctl.conf then /etc/sysctl.conf.local, the last assignment wins)',
  ],

  evaluate({evidence}) {
    if (runningValue(evidence).state === 'absent')
      return [notApplicable('This kernel has no bpf(4).')];
    const boot = bootValue(evidence);
    const loader = loaderAssignments(evidence);
    const readings: ShownReading[] = [
      bootReading(evidence, boot),
      shownReading(
        'loader.conf lines that set it',
        '/boot/loader.conf and friends',
        loader,
        (lines) => (lines.length === 0 ? 'none' : lines.map(place).join(', ')),
      ),
    ];
    const complaints: string[] = [];
    const [ineffective] = loader.state === 'read' ? loader.value : [];
    // OPNsense writes its tunables to loader.conf as well; nobody has to see to that line.
    if (ineffective !== undefined && !ignoresSysctlConf(evidence)) {
      complaints.push(
        `${place(ineffective)} sets it, which does nothing: it is not a loader tunable`,
      );
    }
    for (const {why, ...a} of neverInForce(evidence))
      complaints.push(`${place(a)} is not loaded: ${why}`);
    const {assignments, winner} =
      boot.state === 'read' ? boot.value : {assignments: [], winner: undefined};
    for (const a of assignments) {
      if (a.number === undefined) complaints.push(`${place(a)} has a value sysctl(8) refuses`);
      else if (a !== winner) complaints.push(overridden(a, winner));
    }
    if (complaints.length === 0 && (boot.state !== 'read' || loader.state !== 'read'))
      return [
        unknown('Where the value is set could not be read.', readings, 'Make the files readable.'),
      ];
    const all = [
      ...readings,
      ...assignments.map((a) => shownValue(place(a), a.file, `${ZEROCOPY}=${a.value}`)),
    ];
    if (complaints.length === 0)
      return [pass('The setting is written once at most, where it counts.', all)];
    return [{verdict: 'fail', summary: `${complaints.join('; ')}.`, because: all}];
  },
};

const place = ({file, line}: {readonly file: string; readonly line: number}): string =>
  `${file} line ${line}`;

/** Assignments nothing loads on this host. */
function neverInForce(evidence: Evidence): readonly Unloaded[] {
  const unloaded = unloadedAssignments(evidence);
  if (!ignoresSysctlConf(evidence)) return unloaded;
  const product =
    evidence.identity.product.state === 'read' ? evidence.identity.product.value.name : '';
  const inert = BOOT_FILES.flatMap((path) => {
    const content = fileAt(evidence, path)?.content;
    return content?.state === 'read' ? assignmentsIn(path, content.value) : [];
  });
  return [...inert.map((a) => ({...a, why: `${product} does not load it`})), ...unloaded];
}

function overridden(a: Assignment, winner: Assignment | undefined): string {
  if (winner === undefined) return `${place(a)} is not in force`;
  return a.number === winner.number
    ? `${place(a)} says the same again as ${place(winner)}`
    : `${place(a)} (${a.value}) is overridden by ${place(winner)} (${winner.value})`;
}
