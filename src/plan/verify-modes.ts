import type {DescriptorStats, Evidence} from '../model/evidence.js';
import type {BufferMode} from '../model/mode.js';
import {MODES} from '../model/mode.js';
import type {Reading} from '../model/reading.js';
import type {Service} from '../model/service.js';
import type {StepOutcome} from '../model/step.js';
import {runningValue} from '../rules/reading/boot-value.js';
import {serviceOfProcess} from '../rules/reading/capture-services.js';
import {indexOf} from '../rules/reading/evidence-index.js';
import {capturingPids, modeOfProcess} from '../rules/reading/given-modes.js';
import type {LibpcapUse} from '../rules/reading/libpcap-in-use.js';
import {libpcapInUse, libpcapOfProgram, worstLibpcap} from '../rules/reading/libpcap-in-use.js';
import {preloadedBy, variablesOfService} from '../rules/reading/linking.js';
import {modeOfPath} from '../rules/reading/mode-object.js';

/** What a mode is verified from. */
export interface ModeCheck {
  readonly evidence: Evidence;
  readonly services: readonly Service[];
  /** rc scripts the plan restarted: what they start has to run in the mode. */
  readonly restarted: readonly string[];
}

/**
 * "PROGRAM MODE": what the program loads at its next start, what is in the memory of those that
 * run, and what the kernel says of their captures where it was asked. Never by what is configured.
 */
export function modeInForce(expected: string, check: ModeCheck): StepOutcome {
  const [program = '', word = ''] = expected.split(' ');
  const mode = MODES.find((one) => one === word);
  if (mode === undefined) return failed(`${expected} names no mode`);
  const use = libpcapOfProgram(check.evidence, program);
  if (use.can === 'unknown')
    return failed(`what ${program} loads is not known: ${use.why ?? 'not read'}`);
  const next = use.mode ?? 'zbuf';
  if (next !== mode) return failed(`${program} would start in ${next}, not in ${mode}`);
  return runningInMode(program, capturingPids(check.evidence, program), mode, use, check);
}

/**
 * "SERVICE MODE": rc preloads the object of the mode, and it is in the memory of what the service
 * runs. Whether a preloaded object reaches a libpcap that comes later only a process shows.
 */
export function preloadInForce(expected: string, check: ModeCheck): StepOutcome {
  const [id = '', word = ''] = expected.split(' ');
  const {evidence, services} = check;
  const mode = MODES.find((one) => one === word);
  const service = services.find((one) => one.id === id);
  if (mode === undefined || service === undefined) return failed(`${expected} names no mode`);
  const paths = preloadedBy(variablesOfService(evidence, service));
  const next = paths.flatMap((path) => modeOfPath(path) ?? []);
  if ((next[0] ?? 'zbuf') !== mode || next.length > 1)
    return failed(`rc preloads ${next.join(', ') || 'no object of ours'} for ${id}, not ${mode}`);
  const pids = [...indexOf(evidence).holders.keys()].filter(
    (pid) => serviceOf(pid, check)?.id === id,
  );
  if (pids.length === 0)
    return failed(`${id} has no capture open, so what it has loaded cannot be seen`);
  const use = worstLibpcap(pids.map((pid) => libpcapInUse(evidence, pid)));
  return runningInMode(id, pids, mode, use, check);
}

function runningInMode(
  program: string,
  pids: readonly number[],
  mode: BufferMode,
  use: LibpcapUse,
  check: ModeCheck,
): StepOutcome {
  const {evidence} = check;
  const running = pids.filter((pid) => (modeOfProcess(evidence, pid) ?? 'zbuf') === mode);
  const old = pids.filter((pid) => !running.includes(pid));
  const late = old.find((pid) => wasRestarted(pid, check));
  if (late !== undefined)
    return failed(`${program} (pid ${late}) was restarted, and does not run in ${mode}`);
  if (running.length === 0)
    return verified(
      old.length > 0
        ? `${program} starts in ${mode}; what runs keeps what it has`
        : `${program} starts in ${mode}`,
    );
  const said = kernelOf(evidence, running);
  switch (said.state) {
    case 'absent':
      return verified(`${program} runs in ${mode}`);
    case 'unreadable':
      return failed(`${program}: the kernel was asked for its mode and did not tell: ${said.why}`);
    case 'read':
      return agreed(program, mode, said.value, mayBe(mode, use, evidence));
  }
}

/** What net.bpf.stats says of these processes; absent: nobody asked, or only a model answered. */
function kernelOf(
  {descriptorStats: stats}: Evidence,
  pids: readonly number[],
): Reading<readonly DescriptorStats['mode'][]> {
  if (stats === undefined || stats.state === 'absent') return {state: 'absent'};
  if (stats.state === 'unreadable') return stats;
  const modes = stats.value.filter(({pid}) => pids.includes(pid)).map((one) => one.mode);
  return modes.length > 0
    ? {state: 'read', value: [...new Set(modes)]}
    : {state: 'unreadable', why: `it has no descriptor of pid ${pids.join(', ')}`};
}

/** The kernel's words that fit a mode. */
function mayBe(
  mode: BufferMode,
  {can}: LibpcapUse,
  evidence: Evidence,
): readonly DescriptorStats['mode'][] {
  if (mode === 'buffered') return ['buffer'];
  if (mode === 'zbuf') return ['buffer', 'zbuf'];
  // A mode that only says what a child gets leaves zero-copy to the value and to libpcap.
  const running = runningValue(evidence);
  const isOn = running.state === 'read' && running.value !== 0;
  return isOn && can === 'yes' ? ['zbuf'] : ['buffer'];
}

function agreed(
  program: string,
  mode: BufferMode,
  found: readonly DescriptorStats['mode'][],
  fits: readonly DescriptorStats['mode'][],
): StepOutcome {
  const said = found.join(' and ');
  return found.every((one) => fits.includes(one))
    ? verified(`${program} runs in ${mode}; the kernel says ${said}`)
    : failed(`${program} was given ${mode}, and the kernel says ${said}`);
}

/** Its service is one the plan restarted, so that it runs the old way is no remnant. */
function wasRestarted(pid: number, check: ModeCheck): boolean {
  const script = check.restarted.length === 0 ? undefined : serviceOf(pid, check)?.rcScript;
  return script !== undefined && check.restarted.includes(script);
}

function serviceOf(pid: number, {evidence, services}: ModeCheck): Service | undefined {
  const command = indexOf(evidence).process.get(pid)?.command;
  return command === undefined ? undefined : serviceOfProcess({evidence, services}, pid, command);
}

const verified = (detail: string): StepOutcome => ({kind: 'verify', outcome: 'already', detail});
const failed = (detail: string): StepOutcome => ({kind: 'verify', outcome: 'failed', detail});
