import {parseCollectorOutput} from '../collect/collector-output.js';
import type {Evidence} from '../model/evidence.js';
import type {Result} from '../model/failure.js';
import {fail, forTheRecord} from '../model/failure.js';
import type {Host} from '../model/host.js';
import type {Session} from '../model/transport.js';

export interface Collecting {
  /** collect.sh with its arguments in front. */
  readonly collector: string;
  readonly timeoutMs: number;
  /** ISO 8601 UTC, the controller's clock. */
  readonly collectedAt: string;
  readonly signal?: AbortSignal;
  /** As in RunOptions. */
  readonly silentMs?: number;
}

/** 64 MiB would be a strange host; a real one says some 60 KiB. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Evidence over a connection that is open: one exec. */
export async function collectThrough(
  session: Session,
  host: Host,
  {collector, timeoutMs, collectedAt, signal, silentMs}: Collecting,
): Promise<Result<Evidence>> {
  const reply = await session.run(collector, {
    timeoutMs,
    maxBytes: MAX_BYTES,
    ...(signal === undefined ? {} : {signal}),
    ...(silentMs === undefined ? {} : {silentMs}),
  });
  if (!reply.ok) return reply;
  const parsed = parseCollectorOutput(reply.value.stdout, {
    host: host.name,
    address: host.address,
    collectedAt,
    connection: session.connection,
    stderr: reply.value.stderr,
  });
  return parsed.ok ? parsed : fail(forTheRecord(parsed.error));
}
