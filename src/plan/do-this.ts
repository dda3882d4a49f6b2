import type {PlannedHost} from '../model/plan.js';
import type {Finding} from '../model/finding.js';
import type {Service} from '../model/service.js';
import type {ServiceStep, SetRc, Step, WriteBoot} from '../model/step.js';
import {ZEROCOPY} from '../freebsd/zerocopy-setting.js';
import {unreachable} from '../model/unreachable.js';
import {describeStep} from '../text/describe-step.js';
import {sanitize} from '../text/sanitize.js';
import {shellQuote} from '../text/shell.js';

/** What of a host's judgement names the processes a service consists of. */
export interface Processes {
  readonly findings: readonly Finding[];
  readonly services: readonly Service[];
}

/**
 * What a plan would do to a host as lines for a root shell there, in the plan's order, each once:
 * for an operator who changes it by hand. A line that begins with # is for the reader. Empty where
 * nothing is to be done, or nothing may be.
 */
export function doThis(
  {state, steps, byHand}: Pick<PlannedHost, 'state' | 'steps' | 'byHand'>,
  processes: Processes,
): readonly string[] {
  if (state !== 'changes' && state !== 'by-hand') return [];
  const lines = steps.some(takesAnObject)
    ? [remark(APPLY)]
    : steps.flatMap((step) => commandsFor(step, processes));
  const left = byHand.flatMap(({text, command}) =>
    command === undefined ? [] : [remark(text), command],
  );
  return [...new Set([...lines, ...left])];
}

/**
 * It is the package that has the object. The rest by hand, without it, would keep a program from
 * starting, or set the value on that only the mode makes safe.
 */
const takesAnObject = (step: Step): boolean =>
  (step.kind === 'install-mode' || step.kind === 'map-mode') && step.to !== null;

const APPLY =
  'buffer modes take an object that only zbufctl apply installs, before anything else: zbufctl plan, zbufctl apply';

function commandsFor(step: Step, processes: Processes): readonly string[] {
  switch (step.kind) {
    case 'set-running':
      return [`sysctl ${step.oid}=${step.to}`];
    case 'write-boot':
      return bootCommands(step);
    case 'set-rc':
      return [rcCommand(step)];
    // Only where an object goes away: what takes one is not for the hand.
    case 'install-mode':
    case 'map-mode':
      return [remark(`zbufctl apply: ${describeStep(step)}`)];
    case 'stop-service':
      return [stopCommand(step, processes)];
    case 'start-service':
      return [`service ${shellWord(step.service)} start`];
    case 'restart-service':
      return [stopCommand(step, processes), `service ${shellWord(step.service)} start`];
    // What looks changes nothing; zbufctl audit looks again.
    case 'verify':
      return [];
    default:
      return unreachable(step);
  }
}

/** A line of sysctl.conf that sets the value, as sed(1) and this file find it. */
const LINE = '^[[:space:]]*net\\.bpf\\.zerocopy_enable[[:space:]]*[=:].*';
const SETS = /^\s*net\.bpf\.zerocopy_enable\s*[=:]/;

/**
 * The lines that set the value get the new one, with a copy of the file beside it; where none does,
 * one is added. Both FreeBSD's sed and GNU's take -i.bak.
 */
function bootCommands({file, from, to, bootTo}: WriteBoot): readonly string[] {
  const setting = `${ZEROCOPY}=${bootTo}`;
  const sets = (text: string | null): boolean =>
    (text ?? '').split('\n').some((line) => SETS.test(line));
  if (!sets(to)) return [`sed -i.bak '/${LINE}/d' ${file}`];
  if (sets(from)) return [`sed -i.bak 's/${LINE}/${setting}/' ${file}`];
  // A last line without its end would swallow the new one.
  const gap = from === null || from === '' || from.endsWith('\n') ? '' : '\\n';
  return [`printf '${gap}${setting}\\n' >> ${file}`];
}

const rcCommand = ({file, variable, to}: SetRc): string =>
  to === null
    ? `sysrc -f ${shellWord(file)} -x ${shellWord(variable)}`
    : `sysrc -f ${shellWord(file)} ${shellWord(variable)}=${shellWord(to)}`;

/** A stalled program may ignore SIGTERM: its stop gets a limit, and then its processes SIGKILL. */
function stopCommand({service, timeLimit, mayKill}: ServiceStep, processes: Processes): string {
  const stop = `timeout ${timeLimit} service ${shellWord(service)} stop`;
  if (!mayKill) return stop;
  const ids = processes.services.filter(({rcScript}) => rcScript === service).map(({id}) => id);
  const pids = processes.findings.flatMap((f) =>
    f.verdict === 'fail' && f.pid !== undefined && ids.includes(f.service ?? '') ? [f.pid] : [],
  );
  return pids.length === 0 ? stop : `${stop} || kill -KILL ${[...new Set(pids)].join(' ')}`;
}

const remark = (text: string): string => `# ${sanitize(text, {limit: 300})}`;

/** Quoted only where a shell would take it for something else, so that it reads well. */
const shellWord = (text: string): string => {
  const harmless = sanitize(text, {limit: 1000});
  return /^[A-Za-z0-9_./:@%+-]+$/.test(harmless) ? harmless : shellQuote(harmless);
};
