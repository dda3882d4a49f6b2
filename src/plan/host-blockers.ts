import type {Evidence} from '../model/evidence.js';
import type {Reading} from '../model/reading.js';
import {
  bootValue,
  BOOT_FILES,
  fileAt,
  runningValue,
  ZEROCOPY,
} from '../rules/reading/boot-value.js';
import type {NotEditable} from '../steps/editable.js';
import {LOOK_AS_ROOT, remedyFor} from '../rules/remedy.js';
import {SETTINGS_LIVE} from '../freebsd/settings-live.js';

/** What keeps any value from being set on a host, whatever captures there. */
export function hostBlockers(evidence: Evidence, target: number): readonly NotEditable[] {
  const {system, jailed, product} = evidence.identity;
  if (system.state === 'read' && system.value !== 'FreeBSD')
    return [
      {
        reason: `this is ${system.value}, not FreeBSD`,
        remedy: 'Take the host out of the inventory.',
      },
    ];
  const blockers: NotEditable[] = [];
  if (runningValue(evidence).state === 'absent')
    blockers.push({
      reason: 'this kernel has no bpf(4)',
      remedy: `Nothing: there is no ${ZEROCOPY} to set.`,
    });
  if (jailed.state === 'read' && jailed.value) {
    blockers.push({
      reason: `this is a jail: ${ZEROCOPY} is one value of the whole kernel and cannot be set from here`,
      remedy: "Plan the change for the jail's host.",
    });
  }
  if (product.state === 'read') {
    const {name, detail} = product.value;
    const where = SETTINGS_LIVE[name];
    blockers.push({
      reason: `${name === 'other' ? `an appliance (${detail})` : name} owns the files of this system and writes them anew: the setting lives in ${where}`,
      remedy: `Set ${ZEROCOPY} there: ${where}.`,
    });
  }
  return [...blockers, ...gaps(evidence, target)];
}

/**
 * What could not be seen, and has to be before anything is changed. 0 breaks no capture, whatever
 * rc starts: for that nothing of rc has to be known.
 */
export function gaps(evidence: Evidence, target: number): readonly NotEditable[] {
  const {system, jailed, product, uid, release} = evidence.identity;
  const found: NotEditable[] = [];
  const needs = (
    what: string,
    reading: Reading<unknown> | undefined,
    absentIsFine = false,
  ): void => {
    if (reading?.state === 'read' || (absentIsFine && reading?.state === 'absent')) return;
    const why = reading?.state === 'unreadable' ? reading.why : 'it was not there';
    found.push({
      kind: 'gap',
      reason: `${what} could not be read (${why})`,
      remedy: remedyFor(reading, AS_ROOT),
    });
  };
  if (uid.state === 'read' && uid.value !== 0) {
    found.push({
      kind: 'gap',
      reason: `the collector ran as uid ${uid.value} and did not see everything`,
      remedy: AS_ROOT,
    });
  }
  needs('the user the collector ran as', uid);
  needs('the operating system', system);
  needs('the kernel release', release);
  needs('whether this is a jail', jailed);
  needs('whether an appliance owns the files', product, true);
  needs(ZEROCOPY, runningValue(evidence), true);
  for (const path of BOOT_FILES)
    needs(path, fileAt(evidence, path)?.content, fileAt(evidence, path) !== undefined);
  // A file that could not be read is named above; this is what else may set it.
  if (found.length === 0 || product.state === 'read')
    needs('what the next boot sets', bootValue(evidence));
  if (target !== 0) {
    needs('which services rc starts', evidence.rc.enabled);
    needs('the rc variables', evidence.rc.variables);
  }
  needs('which processes have /dev/bpf open', evidence.holders);
  needs('the processes', evidence.processes);
  needs('the open descriptors', evidence.samples[0].descriptors);
  needs('the open descriptors', evidence.samples[1].descriptors);
  return found;
}

const AS_ROOT = `${LOOK_AS_ROOT} See what the audit says of the host.`;
