import {findServices} from '../../knowledge/find-service.js';
import type {EffectivePattern} from '../../knowledge/effective-pattern.js';
import {effectivePattern} from '../../knowledge/effective-pattern.js';
import {underMode} from '../../knowledge/mode-outlook.js';
import type {Outlook} from '../../knowledge/outlook.js';
import {isWorse} from '../../knowledge/outlook.js';
import type {ShownReading} from '../../model/finding.js';
import type {OldStyleScript, ProcessInfo} from '../../model/evidence.js';
import type {Service} from '../../model/service.js';

import {shownValue} from './shown-reading.js';
import {indexOf} from './evidence-index.js';
import type {LibpcapUse} from './libpcap-in-use.js';
import {libpcapAtNextStart} from './libpcap-in-use.js';
import {looksEnabled} from './looks-enabled.js';
import {oldStyleScriptOf} from './old-style-scripts.js';
import type {Seen} from './per-scene.js';
import {perScene} from './per-scene.js';
import {remembering} from '../../text/remembering.js';
import {oncePer} from '../../text/once-per.js';
import {serviceFlags} from './service-flags.js';

/**
 * A capture program that runs now or that rc will start, with what a fork would do to it in
 * zero-copy mode.
 */
export interface CaptureProgram {
  /** For people: the service's name, or the command of an unknown program. */
  readonly label: string;
  readonly service?: Service;
  /** Processes with a descriptor; empty when the program does not run. */
  readonly pids: readonly number[];
  /** rc starts it at boot. */
  readonly enabled: boolean;
  /** Why rc does not, although its variable looks set. */
  readonly looksEnabled?: string;
  readonly libpcap: LibpcapUse;
  /** What the configuration found does to it, were it in zero-copy mode. */
  readonly outlook: Outlook;
  /** False where a setting we cannot see could change the outlook. */
  readonly certain: boolean;
  /** Why the outlook is what it is, one sentence. */
  readonly why: string;
  readonly because: readonly ShownReading[];
}

/**
 * The service a process belongs to; undefined when no, or more than one, entry of the knowledge
 * base fits.
 */
export function serviceOfProcess(scene: Seen, pid: number, command: string): Service | undefined {
  const found = servicesOfProcess(scene, pid, command);
  return found.length === 1 ? found[0] : undefined;
}

const servicesOf = perScene(() => new Map<string, readonly Service[]>());

/**
 * Every service a process can be; a process has many descriptors, and its arguments are compared
 * once.
 */
export function servicesOfProcess(scene: Seen, pid: number, command: string): readonly Service[] {
  const known = servicesOf(scene);
  const key = `${pid} ${command}`;
  const found = known.get(key) ?? fitting(scene.services, command, processOf(scene, pid)?.args);
  known.set(key, found);
  return found;
}

/** By the list they are looked for in, which the hosts of a policy share. */
const foundIn = oncePer((_: readonly Service[]) => remembering<readonly Service[]>(2000));

function fitting(
  services: readonly Service[],
  command: string,
  args: string | undefined,
): readonly Service[] {
  return foundIn(services)(JSON.stringify([command, args ?? null]), () =>
    findServices(services, {command, ...(args === undefined ? {} : {args})}),
  );
}

/** Every program that holds a descriptor, and every service that rc will start, once each. */
export const capturePrograms = perScene((scene): readonly CaptureProgram[] => {
  const running = runningPrograms(scene);
  const seen = new Set(running.map((p) => p.service?.id));
  return [
    ...running,
    ...enabledServices(scene)
      .filter((s) => !seen.has(s.id))
      .map((s) => idleProgram(scene, s)),
  ];
});

/** Processes with a descriptor, by service (or command, when unknown). */
function runningPrograms(scene: Seen): readonly CaptureProgram[] {
  const groups = new Map<
    string,
    {service: Service | undefined; command: string; pids: Set<number>}
  >();
  const add = (pid: number, command: string): void => {
    const service = serviceOfProcess(scene, pid, command);
    const key = service === undefined ? `command ${command}` : `service ${service.id}`;
    const group = groups.get(key) ?? {service, command, pids: new Set<number>()};
    group.pids.add(pid);
    groups.set(key, group);
  };
  const {holders, samples} = scene.evidence;
  if (holders.state === 'read') for (const h of holders.value) add(h.pid, h.command);
  const later = samples[1].descriptors;
  if (later.state === 'read') for (const d of later.value) add(d.pid, d.command);
  return [...groups.values()].map(({service, command, pids}) =>
    runningProgram(scene, service, command, [...pids]),
  );
}

function runningProgram(
  scene: Seen,
  service: Service | undefined,
  command: string,
  pids: readonly number[],
): CaptureProgram {
  const enabled = service !== undefined && isEnabled(scene, service);
  // What rc.subr does not start has none of rc's variables.
  const hasVariables = service !== undefined && scriptOf(scene, service) !== undefined;
  const starts = hasVariables ? service : undefined;
  const libpcap = libpcapAtNextStart(scene.evidence, {pids, path: undefined, service: starts});
  const label = service?.name ?? command;
  const processes = pids.flatMap((pid) => processOf(scene, pid) ?? []);
  const args = shownValue(
    `arguments of ${command}`,
    'ps',
    processes.map((p) => p.args).join(' | ') || 'not seen',
  );
  if (service === undefined) {
    return {
      label,
      pids,
      enabled,
      libpcap,
      outlook: 'unknown',
      certain: false,
      why: `${command} is neither in the knowledge base nor in the policy, so when it forks is not known`,
      because: [args, ...libpcap.because],
    };
  }
  // A process title hides the arguments (pflogd sets one), so an rc service is also judged by its
  // flags variable.
  const answers = [
    ...processes.map((p) => effectivePattern(service, p.args)),
    ...(hasVariables || processes.length === 0
      ? serviceFlags(scene.evidence, service).texts.map((flags) =>
          effectivePattern(service, {flags}),
        )
      : []),
  ];
  const answer = worst(answers.map((one) => moded(service, one, libpcap)));
  const almost = enabled ? undefined : looksEnabled(scene, service);
  return {
    label,
    service,
    pids,
    enabled,
    ...(almost === undefined ? {} : {looksEnabled: almost}),
    ...describe(service, answer, libpcap, [args]),
  };
}

/** A service that an old-style script starts: with what, nobody but sh(1) knows. */
function idleOldStyle(
  scene: Seen,
  service: Service,
  {script, program}: OldStyleScript,
): CaptureProgram {
  const libpcap = libpcapAtNextStart(scene.evidence, {pids: [], path: program, service: undefined});
  const starter = shownValue('started at boot by', 'rc.d/localpkg', script);
  return {
    label: service.name,
    service,
    pids: [],
    enabled: true,
    ...describe(service, inTheDark(effectivePattern(service, {flags: undefined})), libpcap, [
      starter,
    ]),
  };
}

function idleProgram(scene: Seen, service: Service): CaptureProgram {
  const old = oldStyleScriptOf(scene, service);
  if (old !== undefined && scriptOf(scene, service) === undefined)
    return idleOldStyle(scene, service, old);
  const flags = serviceFlags(scene.evidence, service);
  const script = scriptOf(scene, service);
  const libpcap = libpcapAtNextStart(scene.evidence, {
    pids: [],
    path: script === undefined ? undefined : scene.evidence.rc.commands[script],
    service,
  });
  const answers = flags.texts.map((text) => effectivePattern(service, {flags: text}));
  const answer = worst(answers.map((one) => moded(service, one, libpcap)));
  return {
    label: service.name,
    service,
    pids: [],
    enabled: true,
    ...describe(service, flags.readable ? answer : inTheDark(answer), libpcap, flags.because),
  };
}

/** Who asks the kernel without libpcap was not measured under a mode. */
const moded = (
  service: Service,
  answer: EffectivePattern,
  {mode, can}: LibpcapUse,
): EffectivePattern =>
  mode === undefined || can !== 'yes' || answer.requestsZerocopy !== 'via-libpcap'
    ? answer
    : underMode(mode, service, answer);

const worst = (answers: readonly EffectivePattern[]): EffectivePattern =>
  answers.reduce((a, b) => (isWorse(b.outlook, a.outlook) ? b : a));

/** Flags that could not be read could be any: only a warning stays a warning. */
const inTheDark = (answer: EffectivePattern): EffectivePattern => ({
  ...answer,
  certain: answer.outlook === 'breaks',
});

function describe(
  service: Service,
  answer: EffectivePattern,
  libpcap: LibpcapUse,
  readings: readonly ShownReading[],
): Pick<CaptureProgram, 'libpcap' | 'outlook' | 'certain' | 'why' | 'because'> {
  const use = requested(service, answer, libpcap);
  return {
    libpcap: use,
    outlook: answer.outlook,
    certain: answer.certain,
    why: answer.why,
    because: [...readings, ...use.because],
  };
}

/** A program that never asks for zero-copy is out of reach, whatever its libpcap could do. */
function requested(service: Service, answer: EffectivePattern, libpcap: LibpcapUse): LibpcapUse {
  switch (answer.requestsZerocopy) {
    case 'never':
      return {
        ...libpcap,
        can: 'no',
        because: [shownValue(`${service.id} asks for zero-copy`, 'knowledge base', 'never')],
      };
    case 'direct':
      return {
        ...libpcap,
        can: 'yes',
        because: [shownValue(`${service.id} asks for zero-copy`, 'knowledge base', 'itself')],
      };
    case 'via-libpcap':
    case 'unverified':
      return libpcap;
  }
}

export function enabledServices(scene: Seen): readonly Service[] {
  return scene.services.filter((service) => isEnabled(scene, service));
}

/** Whether the evidence lets us tell which services rc will start. */
export const enabledIsKnown = (scene: Seen): boolean =>
  scene.evidence.rc.enabled.state === 'read' && undecidedScripts(scene).length === 0;

/** Scripts of known services of which could not be told whether rc starts them. */
export const undecidedScripts = ({evidence, services}: Seen): readonly string[] =>
  (evidence.rc.undecided ?? []).filter((path) =>
    services.some(
      ({rcScript}) =>
        rcScript !== undefined && (path === rcScript || path.endsWith(`/${rcScript}`)),
    ),
  );

function isEnabled(scene: Seen, service: Service): boolean {
  return scriptOf(scene, service) !== undefined || oldStyleScriptOf(scene, service) !== undefined;
}

/**
 * The enabled script of a service, as `service -e` names it: a full path whose last part is the
 * script's name.
 */
export function scriptOf(scene: Seen, service: Service): string | undefined {
  const {enabled} = scene.evidence.rc;
  const {rcScript} = service;
  if (rcScript === undefined || enabled.state !== 'read') return undefined;
  return indexOf(scene.evidence).script.get(rcScript);
}

const processOf = (scene: Seen, pid: number): ProcessInfo | undefined =>
  indexOf(scene.evidence).process.get(pid);
