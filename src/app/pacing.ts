/** When a new connection may be made. */
export interface Pacing {
  /** Waits for the turn of the next connection. */
  turn(): Promise<void>;
  /** Waits as long as a server that turned us away may need to have room again. */
  backOff(): Promise<void>;
}

/** What pacing takes of the world. */
export interface PacingClock {
  /** Milliseconds, monotonic. */
  elapsed(): number;
  /** In [0, 1). */
  random(): number;
  /** Ends early when the run is stopped. */
  wait(ms: number): Promise<void>;
}

/** The least, and as much again by chance: not all that were turned away return together. */
export const BACK_OFF_MS = 2000;

/**
 * @param rate new connections a second; absent: as they come. Each has a slot of its own and begins
 *   somewhere in it, so that hosts on one schedule are not all asked on the same beat
 */
export function pacing(rate: number | undefined, clock: PacingClock): Pacing {
  const slotMs = rate === undefined ? 0 : 1000 / rate;
  let next = 0;
  return {
    turn: async () => {
      if (slotMs === 0) return;
      const now = clock.elapsed();
      const slot = Math.max(next, now);
      next = slot + slotMs;
      await clock.wait(slot - now + clock.random() * slotMs);
    },
    backOff: () => clock.wait(BACK_OFF_MS * (1 + clock.random())),
  };
}
