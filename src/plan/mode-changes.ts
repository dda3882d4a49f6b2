import {modeMapText, readModeMap} from '../freebsd/mode-map.js';
import type {ChangePolicy} from '../model/change-policy.js';
import type {Evidence} from '../model/evidence.js';
import type {ModeObject, ObjectMode} from '../model/mode.js';
import {MODE_LIBPCAP, MODE_MAP, objectPath} from '../model/mode.js';
import type {GateReason} from '../model/plan.js';
import {read} from '../model/reading.js';
import type {InstallMode, MapMode} from '../model/step.js';
import {modeMapFile, modeOfProcess} from '../rules/reading/given-modes.js';
import type {Scene} from '../rules/rule.js';
import type {NotEditable} from '../steps/editable.js';
import {modeMachine} from '../text/mode-machine.js';

import {hostModeBlockers, programModeBlockers} from './mode-blockers.js';
import type {ModeWish} from './mode-wishes.js';
import {modeWishes} from './mode-wishes.js';
import {isKept} from './service-changes.js';

/** What giving programs their modes comes to on one host. */
export interface ModeChanges {
  readonly wishes: readonly ModeWish[];
  readonly install: readonly InstallMode[];
  readonly map?: MapMode;
  /** rc scripts of services that have to begin anew to get their mode. */
  readonly restarts: readonly string[];
  /** "PROGRAM MODE" of every program that gets a mode by this plan. */
  readonly verify: readonly string[];
  readonly refusals: readonly NotEditable[];
  readonly notes: readonly GateReason[];
}

export const NO_MODES: ModeChanges = {
  wishes: [],
  install: [],
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
export function modeChanges(scene: Scene, changes: ChangePolicy, isOn: boolean): ModeChanges {
  const wishes = modeWishes(scene, changes, isOn);
  const present = presentMap(scene.evidence);
  const notOurs = present === undefined ? [NOT_OURS] : [];
  const wanted = wishes.filter(
    ({mode, program}) => mode !== 'zbuf' || present?.has(program ?? '') === true,
  );
  if (wanted.length === 0) return {...NO_MODES, wishes, notes: wishes.map(chosen)};
  const before = present ?? new Map<string, ObjectMode>();
  const after = new Map(before);
  for (const {program, mode} of wanted) {
    if (program === undefined) continue;
    if (mode === 'zbuf') after.delete(program);
    else after.set(program, mode);
  }
  const install = installs(scene, new Set(after.values()));
  const [from, to] = [modeMapText(before), modeMapText(after)];
  const map: MapMode | undefined =
    from === to ? undefined : {kind: 'map-mode', file: MODE_MAP, from, to};
  const restarts = wanted.filter((wish) => hasToBegin(scene, wish));
  const kept = restarts.filter(({service}) => isKeptService(scene, changes, service));
  const isChange = map !== undefined || install.steps.length > 0 || restarts.length > 0;
  const refusals = [
    ...notOurs,
    ...hostModeBlockers(scene.evidence),
    ...wanted.flatMap((wish) => programModeBlockers(scene.evidence, wish, serviceOf(scene, wish))),
    ...install.refusals,
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
    restarts: [...new Set(byRc)],
    verify: isChange
      ? wanted.flatMap(({program, mode}) => (program === undefined ? [] : [`${program} ${mode}`]))
      : [],
    refusals: isChange || notOurs.length > 0 ? refusals : [],
    notes: [
      ...wishes.map(chosen),
      ...restarts.filter(({script}) => script === undefined).map(later),
    ],
  };
}

const chosen = ({label, mode, why}: ModeWish): GateReason => ({
  kind: 'note',
  text: `buffer mode of ${label}: ${mode} (${why})`,
});

const later = ({label, pids}: ModeWish): GateReason => ({
  kind: 'note',
  text: `${label} (pid ${pids.join(', ')}) keeps the mode it has until it is started again: no enabled rc script starts it`,
});

const NOT_OURS: NotEditable = {
  reason: `${MODE_MAP} is not as zbufctl writes it, or could not be read`,
  remedy: `Look at it; take it away, or move what others need of it to a file of its own.`,
};

const serviceOf = ({services}: Scene, {service}: ModeWish): Scene['services'][number] | undefined =>
  services.find(({id}) => id === service);

function isKeptService(scene: Scene, changes: ChangePolicy, id: string | undefined): boolean {
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
const hasToBegin = ({evidence}: Scene, {pids, mode}: ModeWish): boolean =>
  pids.some((pid) => (modeOfProcess(evidence, pid) ?? 'zbuf') !== mode);

/** Objects that are not on the host, or not ours. */
function installs(
  {evidence, modeObjects = []}: Scene,
  modes: ReadonlySet<ObjectMode>,
): {readonly steps: readonly InstallMode[]; readonly refusals: readonly NotEditable[]} {
  const {machine} = evidence.identity;
  const name = machine.state === 'read' ? modeMachine(machine.value) : undefined;
  const steps: InstallMode[] = [];
  const refusals: NotEditable[] = [];
  const files = evidence.modes?.state === 'read' ? evidence.modes.value.objects : [];
  for (const mode of [...modes].sort()) {
    const object = objectFor(modeObjects, mode, name);
    if (object === undefined) {
      refusals.push(
        name === undefined
          ? {
              reason: 'no object is made for this machine',
              remedy: 'Leave the modes out; zbufctl has amd64 and arm64.',
            }
          : {
              reason: `the object for the mode ${mode} on ${name} is not in this zbufctl`,
              remedy: 'Build it, with clang and lld: sh native/build-freebsd.sh.',
            },
      );
      continue;
    }
    const file = objectPath(mode);
    const found = files.find(({path}) => path === file);
    if (found?.ours === mode) continue;
    if (found !== undefined && found.sha256.state !== 'read') {
      const why = found.sha256.state === 'unreadable' ? found.sha256.why : 'it was not there';
      refusals.push({
        kind: 'gap',
        reason: `${file} could not be read (${why})`,
        remedy: `Look at ${file}.`,
      });
      continue;
    }
    const from = found?.sha256.state === 'read' ? found.sha256.value : null;
    steps.push({kind: 'install-mode', mode, file, from, to: object.sha256});
  }
  return {steps, refusals};
}

const objectFor = (
  objects: readonly ModeObject[],
  mode: ObjectMode,
  machine: string | undefined,
): ModeObject | undefined => objects.find((one) => one.mode === mode && one.machine === machine);

/** The evidence as it would be once they are there: what the gate judges. */
export function afterModeChanges(evidence: Evidence, {map, install}: ModeChanges): Evidence {
  const {linking, modes} = evidence;
  if (
    linking === undefined ||
    modes?.state !== 'read' ||
    (map === undefined && install.length === 0)
  )
    return evidence;
  const objects = [
    ...modes.value.objects.filter(({path}) => !install.some(({file}) => file === path)),
    ...install.flatMap(({file, mode, to}) =>
      to === null ? [] : [{path: file, sha256: read(to), ours: mode}],
    ),
  ];
  const made = {...evidence, modes: read({...modes.value, objects})};
  if (map === undefined) return made;
  const after =
    map.to === null
      ? new Map<string, ObjectMode>()
      : (readModeMap(map.to) ?? new Map<string, ObjectMode>());
  const [folder, name] = [
    MODE_MAP.slice(0, MODE_MAP.lastIndexOf('/')),
    MODE_MAP.slice(MODE_MAP.lastIndexOf('/') + 1),
  ];
  const others = linking.libmapFolders.filter(({path}) => path !== folder);
  const own = linking.libmapFolders.find(({path}) => path === folder)?.names;
  const names = own?.state === 'read' ? own.value.filter((one) => one !== name) : [];
  return {
    ...made,
    linking: {
      ...linking,
      libmap: [
        ...linking.libmap.filter(({path}) => path !== MODE_MAP && path !== folder),
        ...(map.to === null ? [] : [{path: MODE_MAP, content: read(map.to)}]),
      ],
      libmapFolders: [
        ...others,
        {path: folder, names: read(map.to === null ? names : [...names, name])},
      ],
    },
    programs: evidence.programs.map((program) => {
      const mode = after.get(program.path);
      if (program.libpcap.state !== 'read') return program;
      const own = mode === undefined ? MODE_LIBPCAP.path : objectPath(mode);
      const isOurs =
        mode !== undefined || program.libpcap.value.startsWith('/usr/local/lib/zbufctl/');
      return isOurs ? {...program, libpcap: read(own)} : program;
    }),
  };
}
