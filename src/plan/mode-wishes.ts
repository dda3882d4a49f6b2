import {effectivePattern} from '../knowledge/effective-pattern.js';
import {fittingMode} from '../knowledge/mode-outlook.js';
import type {ChangePolicy} from '../model/change-policy.js';
import type {BufferMode} from '../model/mode.js';
import type {Service} from '../model/service.js';
import type {CaptureProgram} from '../rules/reading/capture-services.js';
import {capturePrograms, scriptOf} from '../rules/reading/capture-services.js';
import {indexOf} from '../rules/reading/evidence-index.js';
import {executableOf} from '../rules/reading/libpcap-in-use.js';
import {serviceFlags} from '../rules/reading/service-flags.js';
import type {RuleInput, WantedMode} from '../rules/rule.js';

import {servicesNamed} from './service-changes.js';

/** What is wanted of one program, and who runs it now. */
export interface ModeWish extends WantedMode {
  readonly pids: readonly number[];
  /** rc starts it. */
  readonly script?: string;
}

/**
 * The mode the policy wants of each program of this host. `auto` looks at what captures, or will,
 * and means something only where zero-copy is on, or is to be.
 */
export function modeWishes(
  scene: RuleInput,
  {modes, preload}: Pick<ChangePolicy, 'modes' | 'preload'>,
  isOn: boolean,
): readonly ModeWish[] {
  const preloaded = new Set(servicesNamed(preload, scene.services).map(({id}) => id));
  const wishes =
    modes === 'auto'
      ? autoWishes(scene, isOn)
      : Object.entries(modes).flatMap(([name, mode]) => named(scene, name, mode));
  return onePreload(
    wishes.map((wish) =>
      wish.service !== undefined && preloaded.has(wish.service)
        ? {...wish, by: 'preload' as const}
        : wish,
    ),
  );
}

function autoWishes(scene: RuleInput, isOn: boolean): readonly ModeWish[] {
  if (!isOn) return [];
  return capturePrograms(scene).flatMap((program): readonly ModeWish[] => {
    const {service} = program;
    if (service === undefined) return [];
    const {mode, why} = worstChoice(scene, service, program);
    return wishesOf(scene, program, mode, why);
  });
}

/** A variable is one for the service, however many programs it runs; what runs is the one meant. */
function onePreload(wishes: readonly ModeWish[]): readonly ModeWish[] {
  const seen = new Set<string>();
  const runningFirst = [...wishes].sort((a, b) => b.pids.length - a.pids.length);
  const kept = new Set(
    runningFirst.filter(({by, service = ''}) => {
      if (by !== 'preload') return true;
      const isFirst = !seen.has(service);
      seen.add(service);
      return isFirst;
    }),
  );
  return wishes.filter((wish) => kept.has(wish));
}

/** The mode that fits every way the program is, or will be, started. */
function worstChoice(
  scene: RuleInput,
  service: Service,
  {pids, enabled}: CaptureProgram,
): {readonly mode: BufferMode; readonly why: string} {
  const {process} = indexOf(scene.evidence);
  const args = pids.flatMap((pid) => process.get(pid)?.args ?? []);
  const flags = enabled || args.length === 0 ? serviceFlags(scene.evidence, service).texts : [];
  const choices = [
    ...args.map((text) => fittingMode(service, effectivePattern(service, text))),
    ...flags.map((text) => fittingMode(service, effectivePattern(service, {flags: text}))),
  ];
  const rank = ['zbuf', 'private', 'inherit', 'buffered'] as const;
  return choices.reduce(
    (a, b) => (rank.indexOf(b.mode) > rank.indexOf(a.mode) ? b : a),
    choices[0] ?? {mode: 'buffered', why: 'how it forks is not known'},
  );
}

const POLICY = 'policy.modes says so';

function named(scene: RuleInput, name: string, mode: BufferMode): readonly ModeWish[] {
  if (name.startsWith('/')) {
    const {holders} = indexOf(scene.evidence);
    const pids = [...holders.keys()].filter((pid) => executableOf(scene.evidence, pid) === name);
    const owner = capturePrograms(scene).find((p) => p.pids.some((pid) => pids.includes(pid)));
    const script = scriptNameOf(scene, owner?.service);
    const service = owner?.service === undefined ? {} : {service: owner.service.id};
    return [
      {
        label: name,
        program: name,
        mode,
        why: POLICY,
        pids,
        ...service,
        ...(script === undefined ? {} : {script}),
      },
    ];
  }
  const programs = capturePrograms(scene).filter(
    ({service}) => service?.id === name || service?.rcScript === name,
  );
  // It neither runs nor is started here: there is nothing to give a mode to.
  return programs.flatMap((program) => wishesOf(scene, program, mode, POLICY));
}

/** One for each program file the service is known to run. */
function wishesOf(
  scene: RuleInput,
  {service, label, pids}: CaptureProgram,
  mode: BufferMode,
  why: string,
): readonly ModeWish[] {
  const {evidence} = scene;
  const script = scriptNameOf(scene, service);
  const path = service === undefined ? undefined : scriptOf(scene, service);
  const command = path === undefined ? undefined : evidence.rc.commands[path];
  const byPid = pids.map((pid) => [pid, executableOf(evidence, pid)] as const);
  const paths = new Set([
    ...(command === undefined ? [] : [command]),
    ...byPid.flatMap(([, program]) => program ?? []),
  ]);
  const about = {
    mode,
    why,
    ...(service === undefined ? {} : {service: service.id}),
    ...(script === undefined ? {} : {script}),
  };
  if (paths.size === 0) return [{label, pids, ...about}];
  return [...paths].map((program) => ({
    label: paths.size > 1 ? `${label} (${program})` : label,
    program,
    // One whose file could not be told may be this one: it is started again rather than left.
    pids: byPid.flatMap(([pid, own]) => (own === program || own === undefined ? [pid] : [])),
    ...about,
  }));
}

const scriptNameOf = (scene: RuleInput, service: Service | undefined): string | undefined =>
  service === undefined || scriptOf(scene, service) === undefined ? undefined : service.rcScript;
