import {shownReading, shownValue} from './reading/shown-reading.js';
import {runningValue, ZEROCOPY} from './reading/boot-value.js';
import {scriptOf} from './reading/capture-services.js';
import {looksEnabled} from './reading/looks-enabled.js';
import {noCaptureIsStalled} from './zbuf-001-no-capture-is-stalled.js';
import type {Judgement, Rule, RuleInput} from './rule.js';
import {notApplicable, pass, unknown} from './rule.js';
import {settingLives} from './reading/setting-lives.js';
import type {StoppableCapture} from './reading/stop-waits.js';
import {stoppableCaptures} from './reading/stop-waits.js';

/** So that nobody takes the wait for a stall, or kills what only waits. */
const WAIT =
  ' A healthy zero-copy daemon that does not stop waits for a packet: send one through the interface, or end it the same way.';

/** `service X stop` of a stalled capture waits for a process that never answers SIGTERM. */
export const restartWillReturn: Rule = {
  id: 'ZBUF-013',
  slug: 'restart-will-return',
  title: 'Restart will hang',
  severity: 'high',
  claim: 'No capture that must restart is in the state in which its stop hangs.',
  matters:
    'A restart by hand, by cron or by a package upgrade hangs and takes the maintenance window with it.',
  remedy:
    'Restart with a time limit; end the named pid with SIGKILL when it ignores SIGTERM. A healthy zero-copy daemon on a quiet interface ends with the next packet.',
  looksAt:
    'ZBUF-001, the rc script of the program that is stalled, and the buffer mode of what is well',
  sources: [
    'facts: fork-truth-table.md (service pflog stop hangs; SIGTERM does not end it, SIGKILL does)',
    'facts: per-program-modes.md (a healthy zero-copy pflogd ends with the next packet)',
  ],

  evaluate(scene) {
    if (runningValue(scene.evidence).state === 'absent')
      return [notApplicable('This kernel has no bpf(4).')];
    const stalls = noCaptureIsStalled.evaluate(scene);
    const stuck = stalls.filter((o) => o.verdict === 'fail').map((o) => hangs(scene, o));
    const waiting = waitingFor(scene, new Set(stuck.map(({pid}) => pid)));
    if (stuck.length > 0) return [...stuck, ...waiting];
    if (stalls.some((o) => o.verdict === 'unknown')) {
      return [
        unknown(
          'Whether a capture is stalled is not known, so neither is whether its stop would hang.',
          [],
          'See ZBUF-001.',
        ),
      ];
    }
    if (waiting.length > 0) return waiting;
    return [
      pass('No capture is in the state in which its stop hangs.', [
        shownValue('stalled captures', 'ZBUF-001', 0),
        ...stoppableCaptures(scene).flatMap(({because: readings}) => readings),
      ]),
    ];
  },
};

const waitingFor = (
  scene: RuleInput,
  stuck: ReadonlySet<number | undefined>,
): readonly Judgement[] =>
  stoppableCaptures(scene)
    .filter(({waits, capture}) => waits !== 'at-once' && !stuck.has(capture.pid))
    .map(waitsForAPacket);

/**
 * It is well, and its stop comes back: with the next packet. Nobody is to take that for a stall,
 * and a script that stops it is to have the time.
 */
function waitsForAPacket({
  capture,
  service,
  waits,
  quiet,
  because: readings,
}: StoppableCapture): Judgement {
  const {command, pid, interfaceName} = capture;
  const mode = waits === 'a-packet' ? 'captures' : 'may capture';
  const when = quiet
    ? 'where no packet came while we looked: its stop may wait for the next one'
    : 'where packets arrive: its stop may wait for the next one, which comes';
  return {
    ...pass(
      `${command} (pid ${pid}) ${mode} in zero-copy mode on ${interfaceName}, ${when}. It is not stalled.`,
      readings,
    ),
    ...(service === undefined ? {} : {service}),
    program: command,
    pid,
  };
}

/**
 * Every stalled capture, whoever started it: what hangs is the wait for a process that does not
 * answer.
 */
function hangs(scene: RuleInput, stall: Judgement): Judgement {
  const service = scene.services.find((s) => s.id === stall.service);
  const pid = stall.pid ?? 0;
  const script = service?.rcScript;
  const enabled = service === undefined ? undefined : scriptOf(scene, service);
  const almost = service === undefined ? undefined : looksEnabled(scene, service);
  const notEnabled = almost === undefined ? [] : [almost];
  const started = shownReading(
    'rc script',
    'service -e',
    scene.evidence.rc.enabled,
    () => enabled ?? ['not enabled', ...notEnabled].join(': '),
  );
  const about = {
    verdict: 'fail' as const,
    because: [...stall.because, started],
    ...(service === undefined ? {} : {service: service.id}),
    pid,
  };
  const place = settingLives(scene.evidence);
  const later =
    place === undefined
      ? ''
      : ` It loses its capture again while ${ZEROCOPY} is not 0: set it with sysctl(8), and for the next boot in ${place}.`;
  if (script === undefined || service === undefined) {
    return {
      ...about,
      summary: `Whatever stops process ${pid} will hang: it is stalled and does not answer SIGTERM.`,
      fix: `End it with kill -KILL ${pid}, then start it again the way it was started; no rc script is known for it.${later}${WAIT}`,
    };
  }
  // rc refuses stop and start of what it does not enable; the one-forms do not ask.
  const [stop, start] = enabled === undefined ? ['onestop', 'onestart'] : ['stop', 'start'];
  const otherwise =
    enabled === undefined
      ? `; rc does not enable it${notEnabled.map((why) => ` (${why})`).join('')}, so if something else started it, start it again that way`
      : '';
  return {
    ...about,
    summary: `service ${script} ${stop} will hang: its process ${pid} is stalled and does not answer SIGTERM.`,
    fix: `Use timeout(1): timeout 10 service ${script} ${stop}; if it hangs, kill -KILL ${pid}, then service ${script} ${start}${otherwise}.${later}${WAIT}`,
  };
}
