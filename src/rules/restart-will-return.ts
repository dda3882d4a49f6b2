import {because, said} from './because.js';
import {runningValue} from './boot-value.js';
import {scriptOf} from './capture-services.js';
import {noCaptureIsStalled} from './no-capture-is-stalled.js';
import type {Opinion, Rule} from './rule.js';
import {notApplicable, pass, unknown} from './rule.js';

/** `service X stop` of a stalled capture waits for a process that never answers SIGTERM. */
export const restartWillReturn: Rule = {
  id: 'ZBUF-013',
  slug: 'restart-will-return',
  severity: 'high',
  claim: 'No service that must restart is in the state in which its stop hangs.',
  matters:
    'A restart by hand, by cron or by a package upgrade hangs and takes the maintenance window with it.',
  remedy: 'Restart with a time limit; end the named pid with SIGKILL when it ignores SIGTERM.',
  looksAt: 'ZBUF-001, and the rc script of the program that is stalled',
  sources: ['facts: fork-truth-table.md (service pflog stop hangs; SIGTERM does not end it, SIGKILL does)'],

  evaluate(scene) {
    if (runningValue(scene.evidence).state === 'absent') return [notApplicable('This kernel has no bpf(4).')];
    const stalls = noCaptureIsStalled.evaluate(scene);
    const stuck = stalls.filter((o) => o.verdict === 'fail').flatMap((o) => hangs(scene, o));
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
      pass('No service is in the state in which stop hangs.', [said('stalled captures', 'ZBUF-001', 0)]),
    ];
  },
};

function hangs(scene: Parameters<Rule['evaluate']>[0], stall: Opinion): Opinion[] {
  const service = scene.services.find((s) => s.id === stall.service);
  if (service?.rcScript === undefined) return [];
  const pid = stall.pid ?? 0;
  return [
    {
      verdict: 'fail',
      summary: `service ${service.rcScript} stop will hang: its process ${pid} is stalled and does not answer SIGTERM.`,
      because: [
        ...stall.because,
        because(
          'rc script',
          'service -e',
          scene.evidence.rc.enabled,
          () => scriptOf(scene, service) ?? 'not enabled',
        ),
      ],
      fix: `Use timeout(1): timeout 10 service ${service.rcScript} stop; if it hangs, kill -KILL ${pid}, then service ${service.rcScript} start.`,
      service: service.id,
      pid,
    },
  ];
}
