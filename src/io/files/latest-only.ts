interface Waiting<T> {
  value: T;
  done: Promise<void>;
}

/**
 * A writer for something that changes faster than it can be written: one write at a time, and what
 * came meanwhile is written once, as it is then. The promise is kept when a value at least as new
 * as the one given is written.
 */
export function latestOnly<T>(write: (value: T) => Promise<void>): (value: T) => Promise<void> {
  let running: Promise<void> | undefined;
  let waiting: Waiting<T> | undefined;
  const start = (value: T): Promise<void> => {
    const now: Promise<void> = write(value).finally(() => {
      if (running === now) running = undefined;
    });
    running = now;
    return now;
  };
  const startNext = (): Promise<void> => {
    const next = waiting;
    waiting = undefined;
    return next === undefined ? Promise.resolve() : start(next.value);
  };
  return (value) => {
    if (running === undefined && waiting === undefined) return start(value);
    if (waiting === undefined) {
      // A write that failed is told to whoever asked for it; the next one is tried all the same.
      const done = (running ?? Promise.resolve()).catch(() => undefined).then(startNext);
      waiting = {value, done};
    }
    waiting.value = value;
    return waiting.done;
  };
}
