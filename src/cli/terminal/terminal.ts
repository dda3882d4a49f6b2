/** How the streams of this process may be used. Read once, at the edge. */
export interface Terminal {
  /**
   * Columns for the result; Infinity when stdout is not a terminal, so that nothing is wrapped in
   * files and pipes.
   */
  readonly width: number;
  readonly colour: boolean;
  /** A live line may be drawn on stderr. */
  readonly live: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  result(text: string): Promise<void>;
  note(text: string): void;
}

export interface TerminalFlags {
  readonly colour: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

export function terminalOf(flags: TerminalFlags): Terminal {
  const {stdout, stderr, env} = process;
  const columns = Number(env['COLUMNS']);
  // A terminal that was given no size (script, some containers) says 0.
  const width = stdout.isTTY
    ? stdout.columns || 80
    : Number.isInteger(columns) && columns > 0
      ? columns
      : Infinity;
  return {
    width,
    // https://no-color.org: any non-empty value
    colour:
      flags.colour && stdout.isTTY && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb',
    live:
      !flags.quiet &&
      stderr.isTTY &&
      stderr.columns > 0 &&
      (env['CI'] ?? '') === '' &&
      env['TERM'] !== 'dumb',
    quiet: flags.quiet,
    verbose: flags.verbose,
    result: (text) => write(stdout, text),
    note: (text) => {
      if (!flags.quiet) stderr.write(`${text}\n`);
    },
  };
}

/**
 * Waits until the text is handed over, so that a large result is not lost when the process ends.
 */
function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    stream.write(text, () => {
      resolve();
    });
  });
}
