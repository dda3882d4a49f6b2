/**
 * Turns the first Ctrl-C (or SIGTERM) into an AbortSignal, so that what is finished can be kept and shown; the second ends
 * the process at once.
 * @param onFirst called at the first one, to tell the operator what happens now
 */
export function interruption(onFirst: () => void): {readonly signal: AbortSignal; end(): void} {
  const controller = new AbortController();
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
  return {signal: controller.signal, end};
}
