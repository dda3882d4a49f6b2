import type {Evidence} from '../model/evidence.js';
import type {ShownReading} from '../model/finding.js';
import type {OidFacts} from '../model/oid.js';
import {unreadable} from '../model/reading.js';
import {parseSysctlConf} from '../freebsd/sysctl-conf.js';
import type {ValueProblem} from '../freebsd/sysctl-value.js';
import {mayBeOid, valueProblem} from '../freebsd/sysctl-value.js';

import {shownReading, shownValue} from './reading/shown-reading.js';
import {BOOT_FILES, fileAt, runningValue, ZEROCOPY} from './reading/boot-value.js';
import type {Rule} from './rule.js';
import {notApplicable, pass, unknown} from './rule.js';

/** A line sysctl(8) does not accept is skipped at boot; only the console sees the complaint. */
export const sysctlConfLoads: Rule = {
  id: 'ZBUF-009',
  slug: 'sysctl-conf-loads',
  title: 'Line of sysctl.conf does not load',
  severity: 'medium',
  claim: 'Every line of the sysctl.conf files is one sysctl(8) accepts.',
  matters: 'The line is skipped at boot and nobody is told: rc.d/sysctl exits 0 all the same.',
  remedy:
    'Correct or remove the lines named; check with: sysctl -f /etc/sysctl.conf (it sets the values, too).',
  remedyAt: (place) => `Correct or remove the lines named where they are kept: ${place}.`,
  looksAt:
    'every line of the two files, and for every name in them its type (sysctl -t) and whether it can be written (-W) or belongs in loader.conf (-T)',
  sources: [
    'sysctl.conf(5)',
    'sbin/sysctl/sysctl.c',
    'facts: host-behaviour.md (sysctl -i -f exits 0)',
  ],

  evaluate({evidence}) {
    if (runningValue(evidence).state === 'absent')
      return [notApplicable('This kernel has no bpf(4).')];
    const complaints: string[] = [];
    const doubts: string[] = [];
    const readings: ShownReading[] = [];
    for (const path of BOOT_FILES) {
      const file = fileAt(evidence, path);
      if (file === undefined) {
        doubts.push(`${path} was not collected`);
        continue;
      }
      readings.push(
        shownReading(path, path, file.content, (text) => `${text.split('\n').length - 1} lines`),
      );
      if (file.content.state === 'unreadable') doubts.push(`${path} could not be read`);
      if (file.content.state !== 'read') continue;
      for (const line of parseSysctlConf(file.content.value)) {
        const problem = problemOf(line, evidence);
        if (problem === undefined) continue;
        const list = problem.verdict === 'fail' ? complaints : doubts;
        list.push(`${path} line ${line.line}: ${problem.why}`);
        readings.push(shownValue(`${path} line ${line.line}`, path, textOf(line)));
      }
    }
    readings.push(
      shownReading('names the kernel does not know', 'sysctl -t', evidence.unknownOids, (names) =>
        names.length === 0 ? 'none' : names.join(', '),
      ),
      shownReading('the other names', 'sysctl -t, -W and -T', evidence.oids ?? NOT_ASKED, (oids) =>
        Object.entries(oids).map(describeOid).join(', '),
      ),
    );
    if (complaints.length > 0) {
      return [{verdict: 'fail', summary: `${complaints.join('; ')}.`, because: readings}];
    }
    if (doubts.length > 0) {
      return [
        unknown(
          `Whether every line loads is not known: ${doubts.join('; ')}.`,
          readings,
          'Run the collector again, as root, where sysctl -t, -W and -T work.',
        ),
      ];
    }
    return [
      pass('Every line names a value that can be written, and gives it one of its type.', readings),
    ];
  },
};

type Line = ReturnType<typeof parseSysctlConf>[number];

const NOT_ASKED = unreadable('only whether the names exist was asked');

/**
 * Why sysctl(8) would not set what the line says, or why that is not known: what was not asked is
 * not known.
 */
function problemOf(line: Line, evidence: Evidence): ValueProblem | undefined {
  switch (line.kind) {
    case 'blank':
      return undefined;
    case 'malformed':
      return {verdict: 'fail', why: line.why};
    case 'assignment': {
      const {name, value} = line;
      const known = factsOf(name, evidence);
      if (known !== undefined) return refusal(name, known) ?? valueProblem(name, known.type, value);
      const {unknownOids} = evidence;
      const isUnknown = unknownOids.state === 'read' && unknownOids.value.includes(name);
      if (isUnknown || !mayBeOid(name)) return {verdict: 'fail', why: `unknown oid '${name}'`};
      return {verdict: 'unknown', why: `whether '${name}' can be set was not asked`};
    }
  }
}

function factsOf(name: string, {oids, sysctls}: Evidence): OidFacts | undefined {
  if (oids?.state === 'read' && Object.hasOwn(oids.value, name)) return oids.value[name];
  // This one is the same on every FreeBSD that has it (bpf(4); facts: host-behaviour.md).
  return name === ZEROCOPY && sysctls.state === 'read' && Object.hasOwn(sysctls.value, name)
    ? {type: 'integer', writable: true, tunable: false}
    : undefined;
}

/** As sysctl(8) says it. */
function refusal(name: string, {type, writable, tunable}: OidFacts): ValueProblem | undefined {
  if (writable || type === 'node') return undefined;
  return {
    verdict: 'fail',
    why: tunable
      ? `oid '${name}' is a read only tunable: set it in /boot/loader.conf`
      : `oid '${name}' is read only`,
  };
}

const describeOid = ([name, {type, writable, tunable}]: readonly [string, OidFacts]): string =>
  `${name}: ${[type, ...(writable ? ['writable'] : []), ...(tunable ? ['tunable'] : [])].join(' ')}`;

const textOf = (line: Line): string =>
  line.kind === 'assignment'
    ? `${line.name}=${line.value}`
    : line.kind === 'malformed'
      ? line.text
      : '';
