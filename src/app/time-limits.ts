import type {Step} from '../model/step.js';

/** Starting the dead-man switch, backups, fsync on a slow disk: generous, since a hang has limits of its own. */
const BASE_MS = 90_000;

/** Milliseconds the steps may take on the host: no less than the host allows itself (work_limit in templates/change/work.sh). */
export const workMs = (steps: readonly Step[]): number =>
  BASE_MS +
  steps.reduce((sum, step) => ('timeLimit' in step ? sum + (4 * step.timeLimit + 10) * 1000 : sum), 0);
