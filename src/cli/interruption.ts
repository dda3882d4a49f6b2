import {setMaxListeners} from 'node:events';

/**
 * Turns the first Ctrl-C (or SIGTERM) into an AbortSignal, so that what is finished can be kept and shown; the second ends
 * the process at once.
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
  const end = (): void => {
    process.removeListener('SIGINT', stop);
    process.removeListener('SIGTERM', stop);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {signal: controller.signal, interrupt: stop, end};
}

export interface Interruption {
  readonly signal: AbortSignal;
  /** The same as a Ctrl-C, for places where the terminal sends no signal (a question on the screen). */
  interrupt(): void;
  /** Stops listening. */
  end(): void;
}
