import type {OldStyleScript} from '../../model/evidence.js';
import type {Service} from '../../model/service.js';

import type {Seen} from './per-scene.js';

/**
 * The old-style script that starts a service at every boot, whatever the rc variables say: one
 * named after the service's own script, or one that starts a program of its name. Undefined: none
 * that says so plainly.
 */
export function oldStyleScriptOf({evidence}: Seen, service: Service): OldStyleScript | undefined {
  return evidence.rc.oldStyle?.find(
    ({script, program}) =>
      (service.rcScript !== undefined && nameOf(script) === `${service.rcScript}.sh`) ||
      (program !== undefined && service.commands.includes(nameOf(program))),
  );
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
