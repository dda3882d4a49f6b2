import type {AuditRun} from '../model/audit-run.js';

export interface RenderOptions {
  /**
   * ANSI colours; the caller has looked at NO_COLOR, --no-color and whether stdout is a terminal.
   */
  readonly colour: boolean;
  /**
   * Columns of the terminal; Infinity when the output is not for a terminal, then nothing is
   * wrapped.
   */
  readonly width: number;
  /** -v: compliant hosts, readings, waived and less important findings too. */
  readonly verbose: boolean;
}

/** Turns a run into text, ending in a newline. Pure; formats for machines ignore the options. */
export type Renderer = (run: AuditRun, options: RenderOptions) => string;
