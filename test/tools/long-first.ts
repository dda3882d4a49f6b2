import {BaseSequencer} from 'vitest/node';
import type {TestSpecification} from 'vitest/node';

/** Rooms whose files start programs, and take longest. */
const LONG =
  /\/test\/(?:e2e|change|io\/ssh|collect|native|probe|export)\/|\/(?:boot-value|html|report-command)\.test/;

/**
 * Files that take long come first, so that none of them is left alone at the end. Without the times
 * of a run before, which CI never has, vitest can only go by the size of files.
 */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({moduleId}: TestSpecification): boolean => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
