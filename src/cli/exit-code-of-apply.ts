import type {ApplyRun, HostResult} from '../model/apply-run.js';

import type {ExitCode} from './exit-codes.js';
import {EXIT, worst} from './exit-codes.js';

/** The contract's codes for what became of a host. */
const CODE: Readonly<Record<HostResult, ExitCode>> = {
  changed: EXIT.clean,
  already: EXIT.clean,
  'not-started': EXIT.unknown,
  refused: EXIT.refused,
  'rolled-back': EXIT.rolledBack,
  lost: EXIT.inDoubt,
  failed: EXIT.inDoubt,
};

/** The largest that applies. To a rollback, a host that was rolled back is a success. */
export function exitCodeOfApply(run: Pick<ApplyRun, 'hosts' | 'interrupted' | 'undoes'>): ExitCode {
  const codes = run.hosts.map(({result}) =>
    run.undoes !== undefined && result === 'rolled-back' ? EXIT.clean : CODE[result],
  );
  return worst([...codes, ...(run.interrupted ? [EXIT.unknown] : [])]);
}
