import type {Because} from '../model/finding.js';
import type {Reading} from '../model/reading.js';

import {because, said} from './because.js';
import {bootReading} from './boot-reading.js';
import {bootValue, runningValue, ZEROCOPY} from './boot-value.js';
import type {CaptureProgram} from './capture-services.js';
import {capturePrograms, enabledIsKnown, undecidedScripts} from './capture-services.js';
import {LOOK_AS_ROOT, remedyFor} from './remedy.js';
import type {Opinion, Rule, Scene} from './rule.js';
import {notApplicable, pass, unknown} from './rule.js';

const SOURCES = [
  'facts: fork-truth-table.md (which fork breaks which capture)',
  'facts: libpcap-zerocopy-history.md sections 5 and 6',
  'FreeBSD PR 163370',
];

/** While the value is on: nothing that runs or that rc starts forks after opening a zero-copy capture. */
export const noForkCaptureWithZerocopyOn: Rule = {
  id: 'ZBUF-002',
  slug: 'no-fork-capture-with-zerocopy-on',
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
  sources: SOURCES,

  evaluate(scene) {
    const running = runningValue(scene.evidence);
    const reading = because(ZEROCOPY, `sysctl ${ZEROCOPY}`, running);
    if (running.state === 'absent') return [notApplicable('This kernel has no bpf(4).', [reading])];
    return judgeValue(scene, running, reading, 'runs');
  },
};

/**
 * The same for the value the next boot will set. What captures now without rc counts, too: an appliance's own starter, cron
 * or a supervisor will start it again, and none of them can be seen. The plan's gate asks the same before it sets the value.
 */
export const bootValueIsSafe: Rule = {
  id: 'ZBUF-003',
  slug: 'boot-value-is-safe',
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
  sources: SOURCES,

  evaluate(scene) {
    const {evidence} = scene;
    const running = runningValue(evidence);
    if (running.state === 'absent') return [notApplicable('This kernel has no bpf(4).')];
    if (evidence.identity.jailed.state === 'read' && evidence.identity.jailed.value) {
      return [notApplicable("This is a jail: the boot value belongs to the jail's host.")];
    }
    const boot = bootValue(evidence);
    const reading = bootReading(evidence, boot);
    const value: Reading<number> = boot.state === 'read' ? {state: 'read', value: boot.value.value} : boot;
    return judgeValue(scene, value, reading, 'boots');
  },
};

function judgeValue(
  scene: Scene,
  value: Reading<number>,
  reading: Because,
  verb: 'runs' | 'boots',
): readonly Opinion[] {
  if (value.state !== 'read') {
    return [
      unknown(
        `With which value the host ${verb} could not be read.`,
        [reading],
        'Make it readable to the collector.',
      ),
    ];
  }
  if (value.value === 0) return [pass(`The host ${verb} with 0: no capture becomes zero-copy.`, [reading])];
  const opinions = capturePrograms(scene).flatMap((program) => opinionOf(program, reading, verb));
  const bad = opinions.filter((o) => o.verdict !== 'pass');
  const gaps = [...enabledGap(scene, reading), ...holdersGap(scene, reading)];
  if (bad.length + gaps.length > 0) return [...bad, ...gaps];
  if (opinions.length > 0) return opinions;
  return [
    pass(`The host ${verb} with ${value.value}, and no capture program runs or is enabled.`, [reading]),
  ];
}

function opinionOf(program: CaptureProgram, reading: Because, verb: 'runs' | 'boots'): readonly Opinion[] {
  const about = {
    ...(program.service === undefined ? {} : {service: program.service.id}),
    ...(program.pids[0] === undefined ? {} : {pid: program.pids[0]}),
  };
  const readings = [
    reading,
    said(`${program.label} is`, 'service -e, procstat -f', stateOf(program)),
    said(`fork pattern of ${program.label}`, 'knowledge base, arguments', program.why),
    ...program.because,
  ];
  const {can} = program.libpcap;
  if (can === 'no') {
    return [{...pass(`${program.label} cannot be in zero-copy mode.`, readings), ...about}];
  }
  if (program.outlook === 'safe' && program.certain) {
    return [{...pass(`${program.label} does not share its capture with a fork.`, readings), ...about}];
  }
  if (program.outlook === 'race' && program.certain) {
    return [
      {
        ...pass(
          `${program.label} forks after opening its capture, but the other process is gone at once: measured to survive.`,
          readings,
        ),
        ...about,
      },
    ];
  }
  const when = WHEN[verb][program.enabled ? 'enabled' : 'started'];
  if (program.outlook === 'breaks' && program.certain && can === 'yes') {
    return [
      {
        verdict: 'fail',
        summary: `${program.label} forks after opening its capture and will lose it ${when}: the value is on and its libpcap can do zero-copy.`,
        because: readings,
        ...about,
      },
    ];
  }
  const gap =
    can === 'yes'
      ? `when it forks is not certain (${program.why})`
      : can === 'none'
        ? 'it captures without libpcap, so what it asks of the kernel is not known'
        : (program.libpcap.why ?? 'whether the libpcap it loads can do zero-copy is not known');
  const decides =
    program.service === undefined
      ? 'Describe the program under policy.services in zbufctl.yaml (its command and fork pattern), or set the value to 0.'
      : 'Make the program and its libpcap readable to the collector, or set the value to 0.';
  return [
    {...unknown(`${program.label} may lose its capture ${when}: ${gap}.`, readings, decides), ...about},
  ];
}

const WHEN = {
  runs: {enabled: 'at its next start', started: 'at its next start'},
  boots: {enabled: 'after the next boot', started: 'when it is started after the next boot'},
} as const;

const stateOf = (program: CaptureProgram): string =>
  [
    program.pids.length > 0 ? `running (pid ${program.pids.join(', ')})` : 'not running',
    program.enabled
      ? 'enabled'
      : `not enabled: ${program.looksEnabled ?? 'something else than rc starts it'}`,
  ].join(', ');

function enabledGap(scene: Scene, reading: Because): readonly Opinion[] {
  if (enabledIsKnown(scene)) return [];
  const undecided = undecidedScripts(scene);
  const enabled = because('enabled services', 'service -e', scene.evidence.rc.enabled, (list) =>
    list.join(' '),
  );
  return [
    unknown(
      undecided.length === 0
        ? 'Which services rc will start could not be read.'
        : `Whether rc will start ${undecided.join(' ')} could not be told.`,
      [reading, enabled],
      remedyFor(scene.evidence.rc.enabled, 'Make the rc files and scripts readable to the collector.'),
    ),
  ];
}

function holdersGap(scene: Scene, reading: Because): readonly Opinion[] {
  const {holders} = scene.evidence;
  if (holders.state === 'read') return [];
  const held = because('processes with /dev/bpf open', 'procstat -f -a', holders, () => '');
  return [
    unknown(
      'Which programs capture now could not be read.',
      [reading, held],
      remedyFor(holders, LOOK_AS_ROOT),
    ),
  ];
}
