import type {ShownReading} from '../../model/finding.js';
import type {Reading} from '../../model/reading.js';
import {LOOK_AS_ROOT, remedyFor} from '../remedy.js';
import type {Judgement, RuleInput} from '../rule.js';
import {pass, unknown} from '../rule.js';

import {shownReading, shownValue} from './shown-reading.js';
import type {CaptureProgram} from './capture-services.js';
import {capturePrograms, enabledIsKnown, undecidedScripts} from './capture-services.js';

/** Where it is known from which fork breaks which capture. */
export const FORK_SOURCES = [
  'facts: fork-truth-table.md (which fork breaks which capture)',
  'facts: libpcap-zerocopy-history.md sections 5 and 6',
  'FreeBSD PR 163370',
];

/** Which captures a value breaks by their forks: the value that runs, or that of the next boot. */
export function judgeForks(
  scene: RuleInput,
  value: Reading<number>,
  reading: ShownReading,
  verb: 'runs' | 'boots',
): readonly Judgement[] {
  if (value.state !== 'read') {
    return [
      unknown(
        verb === 'runs'
          ? 'Could not read the running value.'
          : 'Could not read the boot-time value.',
        [reading],
        'Make it readable to the collector.',
      ),
    ];
  }
  if (value.value === 0)
    return [pass(`The host ${verb} with 0: no capture becomes zero-copy.`, [reading])];
  const opinions = capturePrograms(scene).flatMap((program) => opinionOf(program, reading, verb));
  const bad = opinions.filter((o) => o.verdict !== 'pass');
  const gaps = [...enabledGap(scene, reading), ...holdersGap(scene, reading)];
  if (bad.length + gaps.length > 0) return [...bad, ...gaps];
  if (opinions.length > 0) return opinions;
  return [
    pass(`The host ${verb} with ${value.value}, and no capture program runs or is enabled.`, [
      reading,
    ]),
  ];
}

function opinionOf(
  program: CaptureProgram,
  reading: ShownReading,
  verb: 'runs' | 'boots',
): readonly Judgement[] {
  const about = {
    ...(program.service === undefined ? {} : {service: program.service.id}),
    ...(program.pids[0] === undefined ? {} : {pid: program.pids[0]}),
  };
  const readings = [
    reading,
    shownValue(`${program.label} is`, 'service -e, procstat -f', stateOf(program)),
    shownValue(`fork pattern of ${program.label}`, 'knowledge base, arguments', program.why),
    ...program.because,
  ];
  const {can} = program.libpcap;
  if (can === 'no') {
    return [{...pass(`${program.label} cannot be in zero-copy mode.`, readings), ...about}];
  }
  if (program.outlook === 'safe' && program.certain) {
    return [
      {...pass(`${program.label} does not share its capture with a fork.`, readings), ...about},
    ];
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
    {
      ...unknown(`${program.label} may lose its capture ${when}: ${gap}.`, readings, decides),
      ...about,
    },
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

function enabledGap(scene: RuleInput, reading: ShownReading): readonly Judgement[] {
  if (enabledIsKnown(scene)) return [];
  const undecided = undecidedScripts(scene);
  const enabled = shownReading(
    'enabled services',
    'service -e',
    scene.evidence.rc.enabled,
    (list) => list.join(' '),
  );
  return [
    unknown(
      undecided.length === 0
        ? 'Which services rc will start could not be read.'
        : `Whether rc will start ${undecided.join(' ')} could not be told.`,
      [reading, enabled],
      remedyFor(
        scene.evidence.rc.enabled,
        'Make the rc files and scripts readable to the collector.',
      ),
    ),
  ];
}

function holdersGap(scene: RuleInput, reading: ShownReading): readonly Judgement[] {
  const {holders} = scene.evidence;
  if (holders.state === 'read') return [];
  const held = shownReading('processes with /dev/bpf open', 'procstat -f -a', holders, () => '');
  return [
    unknown(
      'Could not list the programs that are capturing.',
      [reading, held],
      remedyFor(holders, LOOK_AS_ROOT),
    ),
  ];
}
