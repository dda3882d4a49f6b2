import type {Result} from '../model/failure.js';
import type {Host} from '../model/host.js';
import type {Session} from '../model/transport.js';

import type {HostDeps, HostOptions} from './change/apply-options.js';

/** A new connection. Not ended by Ctrl-C: a host that is being changed is seen through. */
export const connectTo = (
  host: Host,
  {timeoutMs, acceptNew}: Pick<HostOptions, 'timeoutMs' | 'acceptNew'>,
  {transport}: Pick<HostDeps, 'transport'>,
): Promise<Result<Session>> =>
  transport.connect(host, {connectTimeoutMs: timeoutMs, authTimeoutMs: timeoutMs, acceptNew});
