import type {ModeObject, ObjectMode} from '../model/mode.js';
import {objectPath} from '../model/mode.js';
import type {InstallMode} from '../model/step.js';
import type {RuleInput} from '../rules/rule.js';
import type {NotEditable} from '../steps/editable.js';
import {modeMachine} from '../text/mode-machine.js';

/** Objects that are not on the host, or not ours. */
export function installs(
  {evidence, modeObjects = []}: RuleInput,
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
