import type {Client} from 'ssh2';

/** OpenSSH's PROTOCOL, 2.5: "connection: hostkey update and rotation". */
const OFFER = 'hostkeys-00@openssh.com';

type OnGlobalRequest = (
  protocol: unknown,
  name: string,
  wantsReply: boolean,
  data: unknown,
) => void;

/**
 * A server says after the login which host keys it has; ssh2 then has it prove each of them, which
 * costs it a signature and us a check for each, and tells whoever listens. We add no key to
 * known_hosts that a user has not accepted, so nobody listens. ssh2 has no option for it: its
 * handler is replaced, once `connect` was called, where it is as we know it.
 */
export function ignoreOfferedKeys(client: Client): void {
  const {_protocol: protocol} = client as {
    readonly _protocol?: {readonly _handlers?: Record<string, OnGlobalRequest | undefined>};
  };
  const handlers = protocol?._handlers;
  const handle = handlers?.['GLOBAL_REQUEST'];
  if (handlers === undefined || typeof handle !== 'function') return;
  handlers['GLOBAL_REQUEST'] = (protocol_, name, wantsReply, data) => {
    if (name !== OFFER || wantsReply) handle(protocol_, name, wantsReply, data);
  };
}
