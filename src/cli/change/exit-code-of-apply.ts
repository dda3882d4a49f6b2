import type {ApplyRun, HostResult, Would} from '../../model/apply-run.js';

import type {ExitCode} from '../exit-codes.js';
import {EXIT, worst} from '../exit-codes.js';
import type {AtHome} from './fleet-troubles.js';

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

/**
 * The largest that applies; while a critical or high finding stands a host is not done. To a
 * rollback, a host that was rolled back is a success. What failed here, at the controller, is no
 * wrong usage: 7 where the stored run is behind what was done, else 1.
 */
export function exitCodeOfApply(
  run: Pick<ApplyRun, 'hosts' | 'interrupted' | 'undoes'>,
  atHome: AtHome = 'well',
): ExitCode {
  const undoes = run.undoes !== undefined;
  const codes = run.hosts.flatMap(({result, standing}) => [
    undoes && result === 'rolled-back' ? EXIT.clean : CODE[result],
    // A rollback is asked to bring back what was there.
    ...(standing.length > 0 && !undoes ? [EXIT.findings] : []),
  ]);
  const code = worst([...codes, ...(run.interrupted ? [EXIT.unknown] : [])]);
  if (atHome === 'behind') return EXIT.inDoubt;
  return atHome === 'well' || code === EXIT.inDoubt ? code : EXIT.defect;
}

/** Of a run that changed nothing on purpose: as for a plan. */
export function exitCodeOfDryRun(run: Pick<ApplyRun, 'hosts'>, atHome: AtHome = 'well'): ExitCode {
  if (atHome !== 'well') return EXIT.defect;
  return worst(
    run.hosts.map(({would}) => (would === undefined ? EXIT.unknown : CODE_OF_DRY_RUN[would])),
  );
}

/** Absent: nobody knows what the run would do there. */
const CODE_OF_DRY_RUN: Readonly<Record<Would, ExitCode>> = {
  change: EXIT.findings,
  nothing: EXIT.clean,
  refuse: EXIT.refused,
};
