import type {AuditEvent} from '../../app/audit.js';
import type {Transport} from '../../model/transport.js';
import type {Interruption} from '../terminal/interruption.js';
import {interruption} from '../terminal/interruption.js';
import type {Progress} from '../terminal/progress.js';
import {startProgress} from '../terminal/progress.js';
import type {Terminal} from '../terminal/terminal.js';

/** How hosts are reached; whoever calls it closes what it gives. */
export type Reach = (edge: {
  readonly progress: Progress;
  readonly interruption: Interruption;
}) => Promise<Transport>;

/** What there is while hosts are asked. */
export interface Asking {
  readonly transport: Transport;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: AuditEvent) => void;
}

/**
 * Asks hosts with progress and Ctrl-C, and leaves nothing open behind, however it ends.
 * @param stopping what the first Ctrl-C says
 */
export async function askHosts<T>(
  count: number,
  {stopping, reach}: {readonly stopping: string; readonly reach: Reach},
  terminal: Terminal,
  ask: (asking: Asking) => Promise<T>,
): Promise<T> {
  const stop = interruption(() => {
    terminal.note(`${stopping} Ctrl-C again ends at once.`);
  });
  const progress = startProgress(count, terminal);
  const transport = await reach({progress, interruption: stop});
  try {
    return await ask({
      transport,
      signal: stop.signal,
      onEvent: (event) => {
        progress.event(event);
      },
    });
  } finally {
    progress.end();
    transport.close();
    stop.end();
  }
}
