import {strangerEntry} from '../knowledge/stranger.js';

import {shownReading, shownValue} from './reading/shown-reading.js';
import {runningValue} from './reading/boot-value.js';
import {servicesOfProcess} from './reading/capture-services.js';
import {LOOK_AS_ROOT} from './remedy.js';
import type {Rule} from './rule.js';
import {notApplicable, pass, unknown} from './rule.js';

/**
 * A program nobody described can start to fork tomorrow; the knowledge base cannot speak for it.
 */
export const capturesAreKnown: Rule = {
  id: 'ZBUF-011',
  slug: 'captures-are-known',
  title: 'Capture program not known',
  severity: 'info',
  claim: 'Every process with a BPF descriptor is in the knowledge base or the policy.',
  matters:
    'What the program does at its next start cannot be told, so zero-copy cannot be called safe here.',
  remedy: 'Describe it under policy.services in zbufctl.yaml: its command and its fork pattern.',
  looksAt: 'the processes with /dev/bpf open (procstat -f -a), by name and arguments',
  sources: ['facts: capture-services.yaml'],

  evaluate(scene) {
    const {evidence} = scene;
    if (runningValue(evidence).state === 'absent')
      return [notApplicable('This kernel has no bpf(4).')];
    const {holders} = evidence;
    if (holders.state !== 'read') {
      return [
        unknown(
          'Could not list the programs that are capturing.',
          [shownReading('processes with /dev/bpf open', 'procstat -f -a', holders, () => '')],
          LOOK_AS_ROOT,
        ),
      ];
    }
    const unknownPrograms = new Map<string, number[]>();
    for (const holder of holders.value) {
      if (servicesOfProcess(scene, holder.pid, holder.command).length > 0) continue;
      const pids = unknownPrograms.get(holder.command);
      if (pids === undefined) unknownPrograms.set(holder.command, [holder.pid]);
      else pids.push(holder.pid);
    }
    if (unknownPrograms.size === 0) {
      return [
        pass('Every program that captures is known.', [
          shownValue('processes with /dev/bpf open', 'procstat -f -a', holders.value.length),
        ]),
      ];
    }
    return [...unknownPrograms].map(([command, pids]) => ({
      verdict: 'fail' as const,
      summary: `${command} (pid ${[...new Set(pids)].join(', ')}) captures packets and is neither in the knowledge base nor in the policy.`,
      because: pids.map((pid) =>
        shownValue(`/dev/bpf is open in pid ${pid}`, 'procstat -f -a', command),
      ),
      fix: fixFor(command),
      program: command,
      ...(pids[0] === undefined ? {} : {pid: pids[0]}),
    }));
  },
};

/** The entry to begin with, and what tells whether it is right. */
function fixFor(command: string): string {
  const entry = strangerEntry(command);
  const example = entry === '' ? 'its command and its fork pattern' : `${entry} to begin with`;
  return `Describe it under policy.services in zbufctl.yaml: ${example}. truss -f on the host tells the pattern (zbufctl explain fork-patterns).`;
}
