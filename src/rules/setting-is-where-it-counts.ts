import type {Because} from '../model/finding.js';

import {because, said} from './because.js';
import type {Assignment} from './boot-value.js';
import {bootValue, runningValue, ZEROCOPY} from './boot-value.js';
import {describeBoot} from './describe-boot.js';
import {loaderAssignments} from './loader-conf.js';
import type {Rule} from './rule.js';
import {notApplicable, pass, unknown} from './rule.js';

/** Written once, in a file that is loaded, and not overridden by a later line. */
export const settingIsWhereItCounts: Rule = {
  id: 'ZBUF-006',
  slug: 'setting-is-where-it-counts',
  severity: 'low',
  claim: 'The setting is written once, in a file rc.d/sysctl loads, and no later line overrides it.',
  matters: 'Whoever reads the file believes a value that is not the one in force.',
  remedy: 'Keep one line, in /etc/sysctl.conf, and remove the others.',
  looksAt: 'every assignment in the sysctl.conf and loader.conf files, with file and line',
  sources: [
    'facts: host-behaviour.md (loader.conf does nothing: not a tunable; /etc/sysctl.conf then /etc/sysctl.conf.local, the last assignment wins)',
  ],

  evaluate({evidence}) {
    if (runningValue(evidence).state === 'absent') return [notApplicable('This kernel has no bpf(4).')];
    const boot = bootValue(evidence);
    const loader = loaderAssignments(evidence);
    const readings: Because[] = [
      because('value the next boot sets', '/etc/sysctl.conf, /etc/sysctl.conf.local', boot, describeBoot),
      because('loader.conf lines that set it', '/boot/loader.conf and friends', loader, (lines) =>
        lines.length === 0 ? 'none' : lines.map(place).join(', '),
      ),
    ];
    if (boot.state !== 'read' || loader.state !== 'read') {
      return [unknown('Where the value is set could not be read.', readings, 'Make the files readable.')];
    }
    const {assignments, winner} = boot.value;
    const complaints: string[] = [];
    const [ineffective] = loader.value;
    if (ineffective !== undefined) {
      complaints.push(`${place(ineffective)} sets it, which does nothing: it is not a loader tunable`);
    }
    for (const a of assignments) {
      if (a.number === undefined) complaints.push(`${place(a)} has a value sysctl(8) refuses`);
      else if (a !== winner) complaints.push(overridden(a, winner));
    }
    const all = [...readings, ...assignments.map((a) => said(place(a), a.file, `${ZEROCOPY}=${a.value}`))];
    if (complaints.length === 0) return [pass('The setting is written once at most, where it counts.', all)];
    return [{verdict: 'fail', summary: `${complaints.join('; ')}.`, because: all}];
  },
};

const place = ({file, line}: {readonly file: string; readonly line: number}): string =>
  `${file} line ${line}`;

function overridden(a: Assignment, winner: Assignment | undefined): string {
  if (winner === undefined) return `${place(a)} is not in force`;
  return a.number === winner.number
    ? `${place(a)} says the same again as ${place(winner)}`
    : `${place(a)} (${a.value}) is overridden by ${place(winner)} (${winner.value})`;
}
