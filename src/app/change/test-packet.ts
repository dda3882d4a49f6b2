import {parsePacketTest} from '../../collect/packet-test.js';
import type {Session} from '../../model/transport.js';
import type {TwoLooks} from '../../model/two-looks.js';
import {scriptWithArguments} from '../../text/shell.js';

import type {HostDeps, HostOptions} from './apply-options.js';
import {SILENT_MS} from '../time-limits.js';

const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Looks twice more at the captures of these interfaces, with a harmless packet in between where one
 * can be sent. Undefined: it could not be done; then nothing more is known than before, and the
 * result says so.
 */
export async function testPacket(
  session: Session,
  interfaces: readonly string[],
  options: Pick<HostOptions, 'timeoutMs'>,
  deps: Pick<HostDeps, 'packetTemplate'>,
): Promise<TwoLooks | undefined> {
  if (interfaces.length === 0) return undefined;
  const script = scriptWithArguments(deps.packetTemplate, interfaces);
  const reply = await session.run(script, {
    timeoutMs: options.timeoutMs,
    maxBytes: MAX_BYTES,
    silentMs: SILENT_MS,
  });
  if (!reply.ok) return undefined;
  const looks = parsePacketTest(reply.value.stdout);
  return looks.ok ? looks.value : undefined;
}
