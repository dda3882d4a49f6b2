import type {Failure, Result} from '../../model/failure.js';
import {fail, ok} from '../../model/failure.js';
import type {HostRecord} from '../../model/host-record.js';
import type {RunOptions, Session} from '../../model/transport.js';
import {parseChangeRecord} from '../../steps/change-record.js';

import {SILENT_MS} from '../time-limits.js';

/** A record is some KiB; a host that says more is not one of ours. */
const MAX_BYTES = 1024 * 1024;

/** What goes beyond a plain question. */
type Watch = Pick<RunOptions, 'onChunk' | 'silentMs' | 'unheardMs'>;

/**
 * Runs one of the change scripts and reads the record it ends with. Whatever the exit code says is
 * not looked at. A host that is silent is given up: a new connection asks.
 */
export async function exchange(
  session: Session,
  script: string,
  timeoutMs: number,
  watch: Watch = {},
): Promise<Result<HostRecord>> {
  const reply = await session.run(script, {
    timeoutMs,
    maxBytes: MAX_BYTES,
    silentMs: SILENT_MS,
    ...watch,
  });
  if (!reply.ok) return reply;
  const record = parseChangeRecord(reply.value.stdout);
  return record.ok ? ok(record.value) : fail(noRecord(record.error, reply.value.stderr));
}

function noRecord(why: string, stderr: Buffer): Failure {
  const said = stderr.subarray(0, 300).toString('utf8').trim();
  return {
    kind: 'cut',
    message: `the host left no record: ${why}${said === '' ? '' : ` (it said: ${said})`}`,
    fix: 'Nothing is believed without a record; the next contact asks the host again.',
  };
}
