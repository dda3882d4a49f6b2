import {because, said} from './reading/because.js';
import {runningValue, ZEROCOPY} from './reading/boot-value.js';
import {scriptOf} from './reading/capture-services.js';
import {looksEnabled} from './reading/looks-enabled.js';
import {noCaptureIsStalled} from './zbuf-001-no-capture-is-stalled.js';
import type {Opinion, Rule, Scene} from './rule.js';
import {notApplicable, pass, unknown} from './rule.js';
import {settingLives} from './reading/setting-lives.js';

/**
 * A capture that is well, and in zero-copy mode, on an interface where nothing arrives (facts:
 * per-program-modes.md).
 */
const QUIET =
  ' In zero-copy mode a healthy daemon may not end on SIGTERM before the next packet arrives either, so on a quiet interface its stop can take long.';
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
  looksAt: 'ZBUF-001, and the rc script of the program that is stalled',
  sources: [
    'facts: fork-truth-table.md (service pflog stop hangs; SIGTERM does not end it, SIGKILL does)',
    'facts: per-program-modes.md (a healthy zero-copy pflogd ends with the next packet)',
  ],

  evaluate(scene) {
    if (runningValue(scene.evidence).state === 'absent')
      return [notApplicable('This kernel has no bpf(4).')];
    const stalls = noCaptureIsStalled.evaluate(scene);
    const stuck = stalls.filter((o) => o.verdict === 'fail').map((o) => hangs(scene, o));
    if (stuck.length > 0) return stuck;
    if (stalls.some((o) => o.verdict === 'unknown')) {
      return [
        unknown(
          'Whether a capture is stalled is not known, so neither is whether its stop would hang.',
          [],
          'See ZBUF-001.',
        ),
      ];
    }
    return [
      pass(`No capture is in the state in which its stop hangs.${QUIET}`, [
        said('stalled captures', 'ZBUF-001', 0),
      ]),
    ];
  },
};

/**
 * Every stalled capture, whoever started it: what hangs is the wait for a process that does not
 * answer.
 */
function hangs(scene: Scene, stall: Opinion): Opinion {
  const service = scene.services.find((s) => s.id === stall.service);
  const pid = stall.pid ?? 0;
  const script = service?.rcScript;
  const enabled = service === undefined ? undefined : scriptOf(scene, service);
  const almost = service === undefined ? undefined : looksEnabled(scene, service);
  const notEnabled = almost === undefined ? [] : [almost];
  const started = because(
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
      summary: `Whatever stops process ${pid} will hang: it is stalled and does not answer SIGTERM.${QUIET}`,
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
    summary: `service ${script} ${stop} will hang: its process ${pid} is stalled and does not answer SIGTERM.${QUIET}`,
    fix: `Use timeout(1): timeout 10 service ${script} ${stop}; if it hangs, kill -KILL ${pid}, then service ${script} ${start}${otherwise}.${later}${WAIT}`,
  };
}
