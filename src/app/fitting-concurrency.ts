/** What Node, the store, keys, the agent and jump hosts have open beside the hosts' own. */
const BESIDE_HOSTS = 40;

/** A connection, the agent, and the pipes of `ssh -G` and `ssh`. */
const PER_HOST = 4;

/** How many hosts at a time a process can carry that may have so many descriptors open. */
export const fittingConcurrency = (wanted: number, descriptors: number | undefined): number =>
  descriptors === undefined
    ? wanted
    : Math.min(wanted, Math.max(1, Math.floor((descriptors - BESIDE_HOSTS) / PER_HOST)));
