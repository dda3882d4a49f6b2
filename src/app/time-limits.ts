import type {Step} from '../model/step.js';

/**
 * Starting the dead-man switch, backups, fsync on a slow disk: generous, since a hang has limits of
 * its own.
 */
const BASE_MS = 90_000;

/**
 * Of one service: how many the host has, it alone knows; more are asked for over a second
 * connection.
 */
const INSTANCES = 8;

/**
 * Milliseconds the steps may take on the host: no less than the host allows itself (work_limit in
 * templates/change/work.sh).
 */
export const workMs = (steps: readonly Step[]): number =>
  BASE_MS +
  steps.reduce((sum, step) => ('timeLimit' in step ? sum + serviceMs(step.timeLimit) : sum), 0);

/** Each instance may hang once, and one stop more is tried. */
const serviceMs = (timeLimit: number): number =>
  (INSTANCES * (timeLimit + 20) + timeLimit + 80) * 1000;

/** No sign of life for so long while a host works: a second connection asks. */
export const SILENT_MS = 20_000;

/**
 * The same for a script that says nothing over a connection that lives: in time for the host's
 * confirmation.
 */
export const unheardMs = (confirmSeconds: number): number =>
  Math.max(SILENT_MS, confirmSeconds * 500);

/** Between two questions to a host that waits for its confirmation: never longer than it waits. */
export const longestPauseMs = (confirmSeconds: number): number =>
  Math.min(15_000, Math.max(2000, confirmSeconds * 250));

/** What a new connection to such a host may take. */
export const contactMs = (timeoutMs: number, confirmSeconds: number): number =>
  Math.min(timeoutMs, Math.max(10_000, confirmSeconds * 500));
