import type {Reading, UnreadableCause} from '../model/reading.js';

/** For what only root sees. Operators log in or become root; they run no collector. */
export const LOOK_AS_ROOT =
  'Audit as root: log in as root, or set become (sudo, doas, su) in the inventory.';

/** What makes a reading readable, by why it was not. */
const BY_CAUSE: Readonly<Record<UnreadableCause, string>> = {
  slow: 'The host took too long to say: raise --timeout (a command on it may take a third of that) and audit again.',
  limit: 'There is more of it than is collected of a host: look at the host itself.',
  untrusted:
    'Let root alone own and write the file and the folders above it (chown root, chmod go-w), or say why not, and audit again.',
};

/** The remedy that fits the reason; `otherwise` where the reason is not of a kind of its own. */
export const remedyFor = (reading: Reading<unknown> | undefined, otherwise: string): string =>
  reading?.state === 'unreadable' && reading.cause !== undefined
    ? BY_CAUSE[reading.cause]
    : otherwise;
