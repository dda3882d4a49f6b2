import {parseCollectorOutput} from '../collect/collector-output.js';
import {parseFirewall} from '../collect/firewall.js';
import type {Result} from '../model/failure.js';
import {fail, forTheRecord, ok} from '../model/failure.js';
import type {Host} from '../model/host.js';
import type {Service} from '../model/service.js';
import type {Trace} from '../model/trace.js';
import type {Transport} from '../model/transport.js';
import {traceHost} from '../trace/trace-host.js';

import type {JudgeDeps} from './audit.js';

/** As for evidence: a real host says some 60 KiB. */
const MAX_BYTES = 16 * 1024 * 1024;

export interface TraceOptions {
  readonly timeoutMs: number;
  readonly acceptNew: boolean;
  /** Seconds between the looks. */
  readonly wait: number;
  /** The logger asked for. */
  readonly service?: Service;
}

export interface TraceDeps extends Pick<JudgeDeps, 'servicesFor' | 'modeObjects'> {
  readonly transport: Transport;
  /** The collector with the trace's part, and its arguments in front. */
  readonly script: string;
  now(): string;
  readonly signal: AbortSignal;
}

/** Looks at one host in one contact, and finds the first layer that keeps its log empty. */
export async function trace(
  host: Host,
  options: TraceOptions,
  deps: TraceDeps,
): Promise<Result<Trace>> {
  const {timeoutMs, acceptNew, wait, service} = options;
  const {signal} = deps;
  const collectedAt = deps.now();
  const limits = {connectTimeoutMs: timeoutMs, authTimeoutMs: timeoutMs};
  const connected = await deps.transport.connect(host, {...limits, acceptNew, signal});
  if (!connected.ok) return connected;
  const session = connected.value;
  try {
    const reply = await session.run(deps.script, {
      timeoutMs: timeoutMs + wait * 1000,
      maxBytes: MAX_BYTES,
      signal,
    });
    if (!reply.ok) return reply;
    const {stdout, stderr} = reply.value;
    const evidence = parseCollectorOutput(stdout, {
      host: host.name,
      address: host.address,
      collectedAt,
      connection: session.connection,
      stderr,
    });
    if (!evidence.ok) return fail(forTheRecord(evidence.error));
    const looks = parseFirewall(stdout);
    if (!looks.ok) return fail(forTheRecord(looks.error));
    const scene = {
      evidence: evidence.value,
      services: deps.servicesFor(host),
      policy: host.policy,
      ...(deps.modeObjects === undefined ? {} : {modeObjects: deps.modeObjects}),
    };
    return ok(traceHost(scene, looks.value, service, wait));
  } finally {
    session.close();
  }
}
