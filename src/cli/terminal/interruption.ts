import {setMaxListeners} from 'node:events';

/**
 * Turns the first Ctrl-C (or SIGTERM, or the SIGHUP of a terminal that went away) into an
 * AbortSignal, so that what is finished can be kept and shown; a second Ctrl-C or SIGTERM ends the
 * process at once. A SIGHUP never does: shell and kernel each send one when a login ends.
 * @param onFirst called at the first one, to tell the operator what happens now
 */
export function interruption(onFirst: () => void): Interruption {
  const controller = new AbortController();
  // Every host under way listens; Node's warning about more than 10 is for leaks.
  setMaxListeners(0, controller.signal);
  const stop = (): void => {
    if (controller.signal.aborted) {
      end();
      process.kill(process.pid, 'SIGINT');
      return;
    }
    onFirst();
    controller.abort();
  };
  const hangUp = (): void => {
    if (!controller.signal.aborted) stop();
  };
  const end = (): void => {
    process.removeListener('SIGHUP', hangUp);
    process.removeListener('SIGINT', stop);
    process.removeListener('SIGTERM', stop);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('SIGHUP', hangUp);
  return {signal: controller.signal, interrupt: stop, end};
}

export interface Interruption {
  readonly signal: AbortSignal;
  /**
   * The same as a Ctrl-C, for places where the terminal sends no signal (a question on the screen).
   */
  interrupt(): void;
  /** Stops listening. */
  end(): void;
}
