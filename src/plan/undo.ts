import type {AppliedHost} from '../model/apply-run.js';
import type {Evidence} from '../model/evidence.js';
import type {PlannedHost, PlannedStep} from '../model/plan.js';
import {absent, read} from '../model/reading.js';
import type {Service} from '../model/service.js';
import type {SetRc, Step} from '../model/step.js';

import {afterRcChanges} from './after-plan.js';
import {afterModeChanges} from './after-modes.js';

/**
 * What a rollback does on a host, in the order the host does it (templates/change/undo.sh): files,
 * a value that goes back to 0, services, any other value; the last step first.
 * @param applied what became of the host in the run; only where it was changed it is known which
 *   steps were carried out
 */
export function undoSteps({steps}: PlannedHost, applied: AppliedHost): readonly Step[] {
  const done = steps.filter(
    (_, index) => applied.result !== 'changed' || applied.steps[index]?.outcome === 'changed',
  );
  const inverses = done
    .flatMap(({inverse}: PlannedStep): Step[] => (inverse === null ? [] : [inverse]))
    .reverse();
  const turn = (step: Step): number => {
    if (['write-boot', 'set-rc', 'install-mode', 'map-mode'].includes(step.kind)) return 0;
    if (step.kind === 'set-running') return step.to === 0 ? 1 : 3;
    return 2;
  };
  return [...inverses].sort((a, b) => turn(a) - turn(b));
}

/**
 * The evidence as it would be once these steps are done: values, boot files, rc variables and
 * modes.
 */
export function afterSteps(
  evidence: Evidence,
  steps: readonly Step[],
  services: readonly Service[],
): Evidence {
  const rc = steps.filter((step): step is SetRc => step.kind === 'set-rc');
  return steps.reduce(afterStep, afterRcChanges(evidence, rc, services));
}

function afterStep(evidence: Evidence, step: Step): Evidence {
  if (step.kind === 'set-running' && evidence.sysctls.state === 'read') {
    return {...evidence, sysctls: read({...evidence.sysctls.value, [step.oid]: String(step.to)})};
  }
  if (step.kind === 'map-mode') return afterModeChanges(evidence, {install: [], map: step});
  if (step.kind === 'install-mode') return afterModeChanges(evidence, {install: [step]});
  if (step.kind !== 'write-boot') return evidence;
  const content = step.to === null ? absent : read(step.to);
  const files = evidence.files.map((file) => (file.path === step.file ? {...file, content} : file));
  return {...evidence, files};
}
