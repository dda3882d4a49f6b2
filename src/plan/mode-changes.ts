import {modeMapText, readModeMap} from '../freebsd/mode-map.js';
import type {ChangePolicy} from '../model/change-policy.js';
import type {Evidence} from '../model/evidence.js';
import type {ObjectMode} from '../model/mode.js';
import {MODE_MAP} from '../model/mode.js';
import type {GateReason} from '../model/plan.js';
import type {InstallMode, MapMode, SetRc, VerifyStep} from '../model/step.js';
import {modeMapFile, modeOfProcess} from '../rules/reading/given-modes.js';
import type {RuleInput} from '../rules/rule.js';
import type {NotEditable} from '../steps/editable.js';

import {hostModeBlockers, programModeBlockers} from './mode-blockers.js';
import {installs} from './mode-installs.js';
import {preloadChange} from './mode-preload.js';
import type {ModeWish} from './mode-wishes.js';
import {modeWishes} from './mode-wishes.js';
import {preloadBlockers} from './preload-blockers.js';
import {isKept} from './service-changes.js';

/** What giving programs their modes comes to on one host. */
export interface ModeChanges {
  readonly wishes: readonly ModeWish[];
  readonly install: readonly InstallMode[];
  readonly map?: MapMode;
  /** Variables of rc by which an object is preloaded. */
  readonly preload: readonly SetRc[];
  /** rc scripts of services that have to begin anew to get their mode. */
  readonly restarts: readonly string[];
  /** One for every program that gets a mode by this plan. */
  readonly verify: readonly Pick<VerifyStep, 'what' | 'expected'>[];
  readonly refusals: readonly NotEditable[];
  readonly notes: readonly GateReason[];
}

const NO_MODES: ModeChanges = {
  wishes: [],
  install: [],
  preload: [],
  restarts: [],
  verify: [],
  refusals: [],
  notes: [],
};

/**
 * The objects and the one file that give every program what the policy wants of it. Programs the
 * policy does not name keep what they have. `modes: {}` is nothing at all.
 * @param isOn zero-copy is on once the plan is carried out
 */
export function modeChanges(scene: RuleInput, changes: ChangePolicy, isOn: boolean): ModeChanges {
  const wishes = modeWishes(scene, changes, isOn);
  const present = presentMap(scene.evidence);
  const notOurs = present === undefined ? [NOT_OURS] : [];
  const wanted = wishes.filter(
    ({mode, program, by}) =>
      mode !== 'zbuf' || by === 'preload' || present?.has(program ?? '') === true,
  );
  if (wanted.length === 0) return {...NO_MODES, wishes, notes: wishes.map(chosen)};
  const before = present ?? new Map<string, ObjectMode>();
  const after = new Map(before);
  for (const {program, mode, by} of wanted) {
    if (program === undefined || by === 'preload') continue;
    if (mode === 'zbuf') after.delete(program);
    else after.set(program, mode);
  }
  const preloads = preloadsFor(scene, wanted);
  const install = installs(scene, new Set([...after.values(), ...preloads.modes]));
  const [from, to] = [modeMapText(before), modeMapText(after)];
  const map: MapMode | undefined =
    from === to ? undefined : {kind: 'map-mode', file: MODE_MAP, from, to};
  const restarts = wanted.filter((wish) => hasToBegin(scene, wish));
  const kept = restarts.filter(({service}) => isKeptService(scene, changes, service));
  const isChange =
    map !== undefined ||
    preloads.steps.length > 0 ||
    install.steps.length > 0 ||
    restarts.length > 0;
  const refusals = [
    ...notOurs,
    ...hostModeBlockers(
      scene.evidence,
      wanted.some(({by}) => by === undefined),
    ),
    ...wanted.flatMap((wish) =>
      BLOCKERS[wish.by ?? 'libmap'](scene.evidence, wish, serviceOf(scene, wish)),
    ),
    ...install.refusals,
    ...preloads.refusals,
    ...kept.map(({label, service = ''}) => ({
      reason: `${label} has to be restarted for its buffer mode, but policy.keep says not to touch ${service}`,
      remedy: `Restart ${service} when it suits, or take it out of policy.keep.`,
    })),
  ];
  const byRc = restarts.flatMap(({script}) => script ?? []);
  return {
    wishes,
    install: install.steps,
    ...(map === undefined ? {} : {map}),
    preload: preloads.steps,
    restarts: [...new Set(byRc)],
    verify: isChange ? wanted.flatMap(verified) : [],
    refusals: isChange || notOurs.length > 0 || preloads.refusals.length > 0 ? refusals : [],
    notes: [
      ...wishes.map(chosen),
      ...restarts.filter(({script}) => script === undefined).map(later),
    ],
  };
}

const BLOCKERS = {libmap: programModeBlockers, preload: preloadBlockers} as const;

function verified({program, mode, by, service}: ModeWish): ModeChanges['verify'] {
  if (by === 'preload')
    return service === undefined ? [] : [{what: 'preload', expected: `${service} ${mode}`}];
  return program === undefined ? [] : [{what: 'mode', expected: `${program} ${mode}`}];
}

/** The variables that preload, and the objects they take. */
function preloadsFor(
  scene: RuleInput,
  wanted: readonly ModeWish[],
): {
  readonly steps: readonly SetRc[];
  readonly modes: readonly ObjectMode[];
  readonly refusals: readonly NotEditable[];
} {
  const preloaded = wanted.filter(({by}) => by === 'preload');
  const results = preloaded.flatMap((wish) => {
    const service = serviceOf(scene, wish);
    return service === undefined ? [] : [preloadChange(scene.evidence, service, wish.mode)];
  });
  return {
    steps: results.flatMap((one) => (one.ok && one.value !== undefined ? [one.value] : [])),
    modes: preloaded.flatMap(({mode}) => (mode === 'zbuf' ? [] : [mode])),
    refusals: results.flatMap((one) => (one.ok ? [] : [one.error])),
  };
}

const chosen = ({label, mode, why, by}: ModeWish): GateReason => ({
  kind: 'note',
  text: `buffer mode of ${label}: ${mode}${by === undefined ? '' : ', by LD_PRELOAD'} (${why})`,
});

const later = ({label, pids}: ModeWish): GateReason => ({
  kind: 'note',
  text: `${label} (pid ${pids.join(', ')}) keeps the mode it has until it is started again: no enabled rc script starts it`,
});

const NOT_OURS: NotEditable = {
  reason: `${MODE_MAP} is not as zbufctl writes it, or could not be read`,
  remedy: `Look at it; take it away, or move what others need of it to a file of its own.`,
};

const serviceOf = (
  {services}: RuleInput,
  {service}: ModeWish,
): RuleInput['services'][number] | undefined => services.find(({id}) => id === service);

function isKeptService(scene: RuleInput, changes: ChangePolicy, id: string | undefined): boolean {
  const service = scene.services.find((one) => one.id === id);
  return service !== undefined && isKept(service, changes, scene.services);
}

/** The programs of the file as it stands; undefined: it is not one of ours. */
function presentMap(evidence: Evidence): ReadonlyMap<string, ObjectMode> | undefined {
  // Where nobody looked the host is refused for that.
  if (evidence.linking === undefined) return new Map();
  const file = modeMapFile(evidence);
  if (file.state === 'unreadable') return undefined;
  return file.state === 'absent' ? new Map() : readModeMap(file.value);
}

/** It runs, and not in the mode it is to have. */
const hasToBegin = ({evidence}: RuleInput, {pids, mode}: ModeWish): boolean =>
  pids.some((pid) => (modeOfProcess(evidence, pid) ?? 'zbuf') !== mode);
