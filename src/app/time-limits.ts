import type {Step} from '../model/step.js';

/** Starting the dead-man switch, backups, fsync on a slow disk: generous, since a hang has limits of its own. */
const BASE_MS = 90_000;

/** Milliseconds the steps may take on the host: no less than the host allows itself (work_limit in templates/change/work.sh). */
export const workMs = (steps: readonly Step[]): number =>
  BASE_MS +
  steps.reduce((sum, step) => ('timeLimit' in step ? sum + (4 * step.timeLimit + 10) * 1000 : sum), 0);

/** No sign of life for so long while a host works: a second connection asks. */
export const SILENT_MS = 20_000;

/** The same for a script that says nothing over a connection that lives: in time for the host's confirmation. */
export const unheardMs = (confirmSeconds: number): number => Math.max(SILENT_MS, confirmSeconds * 500);

/** Between two questions to a host that waits for its confirmation: never longer than it waits. */
export const longestPauseMs = (confirmSeconds: number): number =>
  Math.min(15_000, Math.max(2000, confirmSeconds * 250));

/** What a new connection to such a host may take. */
export const contactMs = (timeoutMs: number, confirmSeconds: number): number =>
  Math.min(timeoutMs, Math.max(10_000, confirmSeconds * 500));
