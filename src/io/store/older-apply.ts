import type {ApplyRun} from '../../model/apply-run.js';

/** Members that runs stored by older versions lack, as what they mean there: nobody looked. */
const NOT_LOOKED = {
  postureBefore: 'unknown',
  postureAfter: 'unknown',
  standing: [],
  byHand: [],
} as const;

/** A stored apply run with every member this version reads. Only what is missing is added. */
export const withOlderMembers = (run: ApplyRun): ApplyRun => ({
  ...run,
  dryRun: (run as Partial<ApplyRun>).dryRun ?? false,
  hosts: run.hosts.map((host) => ({...NOT_LOOKED, ...host})),
});
