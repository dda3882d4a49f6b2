import type {Evidence} from '../model/evidence.js';
import {MODE_LIBPCAP} from '../model/mode.js';
import type {Service} from '../model/service.js';
import {indexOf} from '../rules/reading/evidence-index.js';
import {
  isLibpcap,
  preloadedBy,
  variablesOfProcess,
  variablesOfService,
} from '../rules/reading/linking.js';
import {modeOfPath} from '../rules/reading/mode-object.js';
import type {NotEditable} from '../steps/editable.js';

import {byHand} from './mode-preload.js';
import type {ModeWish} from './mode-wishes.js';

/**
 * Why a service cannot be given an object by LD_PRELOAD: only what was seen to bring base's libpcap
 * in by dlopen(3), under a plain rc script, is (facts: per-program-modes.md; rtld.c and rc.subr,
 * reading).
 */
export function preloadBlockers(
  evidence: Evidence,
  wish: ModeWish,
  service: Service | undefined,
): readonly NotEditable[] {
  const {label, program, pids, mode, script} = wish;
  const refuse = (reason: string, remedy: string): NotEditable[] => [
    {reason: `${label}: ${reason}`, remedy},
  ];
  const leave = 'Leave it out of policy.preload';
  if (service === undefined || script === undefined)
    return refuse(
      'no enabled rc script starts it, so nothing can be put before it',
      service === undefined ? `${leave}.` : byHand(service, mode),
    );
  // Whatever keeps it from getting an object is no reason to keep one.
  if (mode === 'zbuf') return [];
  const known = program === undefined ? undefined : indexOf(evidence).program.get(program);
  const modes = evidence.modes?.state === 'read' ? evidence.modes.value : undefined;
  const rc = variablesOfService(evidence, service);
  const jailed = pids.some((pid) => (indexOf(evidence).process.get(pid)?.jid ?? 0) > 0);
  return [
    ...(known?.libpcap.state === 'read'
      ? refuse(
          `${known.path} needs libpcap by name, which libmap.conf reaches`,
          `${leave}: policy.modes alone is enough.`,
        )
      : []),
    ...(known?.builtIn.state === 'read'
      ? refuse(
          `${known.path} has a libpcap linked into it; whether anything can be loaded before it is not known`,
          `${leave}; policy.zerocopy: off is safe for it.`,
        )
      : []),
    ...(program !== undefined && modes?.setId.includes(program) === true
      ? refuse(
          `${program} is set-user-id or set-group-id, and rtld drops LD_PRELOAD for it`,
          `${leave}.`,
        )
      : []),
    ...(program !== undefined && modes?.narrow.includes(program) === true
      ? refuse(`${program} is a 32-bit program, and no object is made for one`, `${leave}.`)
      : []),
    ...(jailed
      ? refuse('it runs in a jail, which has an rc.conf of its own', 'Plan for the jail.')
      : loaded(evidence, pids).flatMap((reason) =>
          refuse(
            reason,
            `Start it with zero-copy off, and look again; or: ${byHand(service, mode)}`,
          ),
        )),
    ...(rc.file === undefined
      ? []
      : refuse(
          `it is started with the variables of ${rc.file}, which was not read`,
          `Take the _env_file away, or leave it out of policy.preload.`,
        )),
    ...instancesOf(evidence, service).flatMap((name) =>
      refuse(
        `${name} starts it more than once, each with variables of its own`,
        byHand(service, mode),
      ),
    ),
    ...others(evidence, service, pids).flatMap((name) =>
      refuse(`${name} in its environment can undo a mode`, 'Take the variable away.'),
    ),
  ];
}

/** Why what runs does not show that preloading would reach its libpcap; empty: it does. */
function loaded(evidence: Evidence, pids: readonly number[]): readonly string[] {
  if (pids.length === 0)
    return ['it does not run, so that it brings libpcap in by dlopen was not seen'];
  const paths = pids.map((pid) => {
    const map = evidence.memoryMaps[String(pid)];
    if (map?.state !== 'read') return undefined;
    const all = map.value.filter(({type}) => type === 'vn').map(({path}) => path);
    return all.filter((path) => isLibpcap(path) && modeOfPath(path) === undefined);
  });
  if (paths.some((found) => found === undefined))
    return ['what it has loaded could not be read, so that it brings libpcap in was not seen'];
  const found = [...new Set(paths.flatMap((one) => one ?? []))];
  if (found.length === 0) return ['no libpcap is loaded in it'];
  const other = found.find((path) => path !== MODE_LIBPCAP.path);
  return other === undefined
    ? []
    : [`it has loaded ${other}, and the objects stand in front of ${MODE_LIBPCAP.path} only`];
}

/** Variables of rc that have a script start its program several times. */
function instancesOf({rc: {variables}}: Evidence, {rcScript = ''}: Service): readonly string[] {
  const values = variables.state === 'read' ? variables.value : {};
  return ['instances', 'profiles', 'interfaces'].flatMap((word) => {
    const name = `${rcScript}_${word}`;
    return (values[name] ?? '') === '' ? [] : [name];
  });
}

/** LD_ variables that are not our LD_PRELOAD. */
function others(evidence: Evidence, service: Service, pids: readonly number[]): readonly string[] {
  const all = [
    variablesOfService(evidence, service),
    ...pids.map((pid) => variablesOfProcess(evidence, pid)),
  ];
  const names = all.flatMap(({values, because}) =>
    [...values.keys()].filter(
      (name) =>
        name !== 'LD_PRELOAD' ||
        preloadedBy({values, because}).some((path) => modeOfPath(path) === undefined),
    ),
  );
  return [...new Set(names)].slice(0, 3);
}
