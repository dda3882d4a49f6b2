import type {Because} from '../model/finding.js';
import {parseSysctlConf, sysctlInt} from '../text/sysctl-conf.js';

import {because, said} from './because.js';
import {BOOT_FILES, fileAt, runningValue, ZEROCOPY} from './boot-value.js';
import type {Rule} from './rule.js';
import {notApplicable, pass, unknown} from './rule.js';

/** A line sysctl(8) does not accept is skipped at boot; only the console sees the complaint. */
export const sysctlConfLoads: Rule = {
  id: 'ZBUF-009',
  slug: 'sysctl-conf-loads',
  severity: 'medium',
  claim: 'Every line of the sysctl.conf files is one sysctl(8) accepts.',
  matters: 'The line is skipped at boot and nobody is told: rc.d/sysctl exits 0 all the same.',
  remedy:
    'Correct or remove the lines named; check with: sysctl -f /etc/sysctl.conf (it sets the values, too).',
  looksAt: 'every line of the two files, and sysctl -N for every name in them',
  sources: ['sysctl.conf(5)', 'sbin/sysctl/sysctl.c', 'facts: host-behaviour.md (sysctl -i -f exits 0)'],

  evaluate({evidence}) {
    if (runningValue(evidence).state === 'absent') return [notApplicable('This kernel has no bpf(4).')];
    const unknownOids = evidence.unknownOids;
    const complaints: string[] = [];
    const readings: Because[] = [];
    const unread: string[] = [];
    for (const path of BOOT_FILES) {
      const file = fileAt(evidence, path);
      if (file === undefined) {
        unread.push(path);
        continue;
      }
      readings.push(because(path, path, file.content, (text) => `${text.split('\n').length - 1} lines`));
      if (file.content.state === 'unreadable') unread.push(path);
      if (file.content.state !== 'read') continue;
      for (const line of parseSysctlConf(file.content.value)) {
        const why = complaintOf(line, unknownOids.state === 'read' ? unknownOids.value : []);
        if (why === undefined) continue;
        complaints.push(`${path} line ${line.line}: ${why}`);
        readings.push(said(`${path} line ${line.line}`, path, textOf(line)));
      }
    }
    readings.push(
      because(
        'names the kernel does not know',
        'sysctl -N',
        unknownOids,
        (names) => names.join(', ') || 'none',
      ),
    );
    if (complaints.length > 0) {
      return [{verdict: 'fail', summary: `${complaints.join('; ')}.`, because: readings}];
    }
    if (unread.length > 0 || unknownOids.state !== 'read') {
      return [
        unknown('Not every line could be checked.', readings, 'Make the files readable to the collector.'),
      ];
    }
    return [pass('Every line loads.', readings)];
  },
};

type Line = ReturnType<typeof parseSysctlConf>[number];

function complaintOf(line: Line, unknownOids: readonly string[]): string | undefined {
  switch (line.kind) {
    case 'blank':
      return undefined;
    case 'malformed':
      return line.why;
    case 'assignment':
      if (unknownOids.includes(line.name)) return `unknown oid '${line.name}'`;
      if (line.name === ZEROCOPY && sysctlInt(line.value) === undefined)
        return `invalid integer '${line.value}'`;
      return undefined;
  }
}

const textOf = (line: Line): string =>
  line.kind === 'assignment' ? `${line.name}=${line.value}` : line.kind === 'malformed' ? line.text : '';
