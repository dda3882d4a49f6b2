import type {Evidence} from '../../model/evidence.js';
import type {ModeObject, ObjectMode} from '../../model/mode.js';
import {OBJECT_MODES, objectPath} from '../../model/mode.js';
import {modeMachine} from '../../text/mode-machine.js';

const known = new WeakMap<Evidence, Evidence>();

/**
 * The evidence with our own objects told from others: at our path, and byte for byte what
 * native/build-freebsd.sh made for the machine. Once for each evidence, since what is read from it
 * is remembered by it.
 */
export function withOurObjects(evidence: Evidence, objects: readonly ModeObject[]): Evidence {
  const made = known.get(evidence) ?? marked(evidence, objects);
  known.set(evidence, made);
  known.set(made, made);
  return made;
}

function marked(evidence: Evidence, objects: readonly ModeObject[]): Evidence {
  const {modes, identity} = evidence;
  if (modes?.state !== 'read' || modes.value.objects.length === 0) return evidence;
  const machine =
    identity.machine.state === 'read' ? modeMachine(identity.machine.value) : undefined;
  const files = modes.value.objects.map(({path, sha256}) => {
    const ours = objects.find(
      (object) =>
        object.machine === machine &&
        path === objectPath(object.mode) &&
        sha256.state === 'read' &&
        sha256.value === object.sha256,
    );
    return {path, sha256, ...(ours === undefined ? {} : {ours: ours.mode})};
  });
  return {...evidence, modes: {...modes, value: {...modes.value, objects: files}}};
}

/** The mode an object gives; undefined: it is not one of ours, whatever it is called. */
export function ourObject({modes}: Evidence, path: string | undefined): ObjectMode | undefined {
  if (path === undefined || modes?.state !== 'read') return undefined;
  return modes.value.objects.find((object) => object.path === path)?.ours;
}

/** The mode a path of ours is for, whatever lies there. */
export const modeOfPath = (path: string | undefined): ObjectMode | undefined =>
  OBJECT_MODES.find((mode) => objectPath(mode) === path);
