import type {AppliedHost} from '../../model/apply-run.js';

/**
 * Hosts of which a run says nothing: they were not started, and of a dry run, could not be asked
 * (exit code 4).
 */
export const notAssessed = (hosts: readonly AppliedHost[]): readonly AppliedHost[] =>
  hosts.filter(({result, would}) => result === 'not-started' && would === undefined);
