import type {Terminal} from './terminal.js';

/** Lines on stderr that are drawn anew while a command works. */
export interface LiveRegion {
  /**
   * Takes them off the screen, so that something else may be written; they come back by themselves.
   */
  readonly clear: () => void;
  /** A question stands on the screen, or was answered: nothing may be drawn over it. */
  readonly question: (state: 'open' | 'closed') => void;
  readonly end: () => void;
}

const REDRAW_MS = 200;

/** @param render the lines as they are now, asked for on a live terminal only */
export function liveRegion(terminal: Pick<Terminal, 'live'>, render: () => string): LiveRegion {
  let asking = false;
  let ended = false;
  let draw: ((text: string) => void) | undefined;
  let clear = (): void => undefined;
  const timer = terminal.live
    ? setInterval(() => {
        if (!asking && !ended) draw?.(render());
      }, REDRAW_MS)
    : undefined;
  timer?.unref();
  if (terminal.live) {
    // Loaded while the first hosts are being connected to: start-up need not wait for it.
    void import('log-update').then(({logUpdateStderr}) => {
      draw = logUpdateStderr;
      clear = () => {
        logUpdateStderr.clear();
        logUpdateStderr.done();
      };
    });
  }
  return {
    clear: () => {
      clear();
    },
    question: (state) => {
      asking = state === 'open';
      if (asking) clear();
    },
    end: () => {
      if (ended) return;
      ended = true;
      clearInterval(timer);
      clear();
    },
  };
}
