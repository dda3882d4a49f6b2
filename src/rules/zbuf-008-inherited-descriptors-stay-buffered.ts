import type {ShownReading} from '../model/finding.js';

import {shownReading, shownValue} from './reading/shown-reading.js';
import {bootReading} from './reading/boot-reading.js';
import {bootValue, runningValue, ZEROCOPY} from './reading/boot-value.js';
import {bufferMode} from './reading/buffer-mode.js';
import type {CaptureProgram} from './reading/capture-services.js';
import {capturePrograms} from './reading/capture-services.js';
import type {Capture} from './reading/capture.js';
import {captures} from './reading/capture.js';
import {indexOf} from './reading/evidence-index.js';
import {inheritance} from './reading/inheritance.js';
import {perProcess} from './reading/per-process.js';
import {LOOK_AS_ROOT, remedyFor} from './remedy.js';
import type {Rule, RuleInput} from './rule.js';
import {notApplicable, pass, unknown} from './rule.js';

/**
 * A capture that a fork shares works only while it is buffered. Holds where it is buffered and
 * stays so: the value is 0 now and at boot, or the program's libpcap cannot do zero-copy.
 */
export const inheritedDescriptorsStayBuffered: Rule = {
  id: 'ZBUF-008',
  slug: 'inherited-descriptors-stay-buffered',
  title: 'Inherited capture would break',
  severity: 'low',
  claim:
    'A capture that is shared across a fork is in buffered mode, and stays so when its program restarts.',
  matters:
    'The capture works today only because it was opened in buffered mode; a restart would break it.',
  remedy: `Set ${ZEROCOPY} to 0, running and at boot, before the program restarts.`,
  looksAt:
    'who shares a descriptor or its memory (procstat -f, procstat -v), its mode, and both values',
  sources: ['facts: fork-truth-table.md (buffer: all, in every scenario)'],

  evaluate(scene) {
    const {evidence} = scene;
    const running = runningValue(evidence);
    if (running.state === 'absent') return [notApplicable('This kernel has no bpf(4).')];
    const all = captures(evidence);
    if (all.state !== 'read') {
      return [
        unknown(
          'Could not list the open captures.',
          [shownReading('open BPF descriptors', 'netstat -B', all)],
          remedyFor(all, LOOK_AS_ROOT),
        ),
      ];
    }
    const shared = all.value.captures.filter((capture) => isShared(scene, capture));
    if (shared.length === 0) {
      return [
        pass('No buffered capture is shared across a fork.', [
          shownValue('shared captures', 'procstat -f, procstat -v', 0),
        ]),
      ];
    }
    const boot = bootValue(evidence);
    const programs = new Map(
      capturePrograms(scene).flatMap((p) => p.pids.map((pid) => [pid, p] as const)),
    );
    return shared.map((capture) => {
      const program = programs.get(capture.pid);
      const readings: ShownReading[] = [
        shownReading(ZEROCOPY, `sysctl ${ZEROCOPY}`, running),
        bootReading(evidence, boot),
        shownValue(
          `capture of ${capture.command} (pid ${capture.pid})`,
          'procstat -f, procstat -v',
          'shared across a fork, buffered',
        ),
        ...(program?.libpcap.because ?? []),
      ];
      const about = {
        ...(program?.service === undefined ? {} : {service: program.service.id}),
        program: capture.command,
        pid: capture.pid,
      };
      const who = `${capture.command} (pid ${capture.pid})`;
      if (survives(program))
        return {
          ...pass(`${who} shares its capture with a fork in a way that survives.`, readings),
          ...about,
        };
      const on =
        (running.state === 'read' && running.value !== 0) ||
        (boot.state === 'read' && boot.value.value !== 0);
      if (on) {
        return {
          verdict: 'fail' as const,
          summary: `${who} shares its capture with a fork and works only because it was opened in buffered mode: the value is on, so a restart would break it.`,
          because: readings,
          ...about,
        };
      }
      if (running.state !== 'read' || boot.state !== 'read') {
        return {
          ...unknown(
            `Whether ${who} stays buffered is not known.`,
            readings,
            'Make both values readable.',
          ),
          ...about,
        };
      }
      return {
        ...pass(`${who} shares its capture with a fork; it is buffered and stays so.`, readings),
        ...about,
      };
    });
  },
};

/**
 * Buffered as observed, and with another process: the same open file, or memory a fork inherited.
 */
function isShared(scene: RuleInput, capture: Capture): boolean {
  const mode = bufferMode(scene.evidence, capture);
  if (mode === 'zbuf' || mode === 'open') return false;
  if (heldByRelatives(scene.evidence, capture.pid)) return true;
  return inheritance(capture.map, 0, undefined).kind === 'cut-off';
}

/**
 * A parent or child has one of its descriptors under the same number; where nobody knows who is
 * related, anybody.
 */
const heldByRelatives = perProcess((evidence, pid) => {
  const {holders, heldAs, process, children} = indexOf(evidence);
  const own = holders.get(pid)?.handles;
  const parent = process.get(pid)?.ppid;
  const held = (relative: number | undefined): ReadonlySet<string> =>
    (relative === undefined || relative === pid ? undefined : holders.get(relative)?.handles) ??
    new Set();
  // A reader that holds none has it from a relative that does.
  if (own === undefined)
    return [parent, ...(children.get(pid) ?? [])].some((p) => held(p).size > 0);
  if (evidence.processes.state !== 'read')
    return [...own].some((key) => (heldAs.get(key)?.size ?? 0) > 1);
  const inherited = held(parent);
  if ([...own].some((key) => inherited.has(key))) return true;
  return (children.get(pid) ?? []).some((child) => [...held(child)].some((key) => own.has(key)));
});

/** It could not become zero-copy, or a fork of its kind does no harm. */
const survives = (program: CaptureProgram | undefined): boolean =>
  program !== undefined &&
  (program.libpcap.can === 'no' ||
    (program.certain && (program.outlook === 'safe' || program.outlook === 'race')));
