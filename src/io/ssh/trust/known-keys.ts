import type {Result} from '../../../model/failure.js';
import {fail, ok} from '../../../model/failure.js';
import type {Target} from '../target.js';
import {unreadable} from './host-key-failures.js';
import {knownNames} from './host-key-verdict.js';
import type {KnownKey} from './known-hosts.js';
import type {KnownHostsStore} from './known-hosts-store.js';

/** What known_hosts has of a host, or why that is not known. */
export async function knownKeys(
  target: Target,
  store: KnownHostsStore,
): Promise<Result<readonly KnownKey[]>> {
  const indexes = await store.load(target.knownHosts);
  if ('file' in indexes) return fail(unreadable(indexes));
  const {name} = knownNames(target.hostname, target.port, target.hostKeyAlias);
  return ok(indexes.flatMap((index) => index.find(name)));
}
