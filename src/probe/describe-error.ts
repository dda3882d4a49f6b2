import type {NativeProblem, ProbeError, RemoteProbeError, RemoteProblem} from '../model/probe.js';

interface Words {
  readonly message: string;
  readonly fix: string;
}

const WORDS: Readonly<Record<NativeProblem, Words>> = {
  'not-root': {
    message: 'the probe was not run as root',
    fix: 'Log in as root, or set become (sudo, doas, su).',
  },
  'zerocopy-off': {
    message: 'net.bpf.zerocopy_enable is 0, so zero-copy cannot be tried',
    fix: 'Add --allow-enable: it sets the value for microseconds at a time, under a lock, and restores it.',
  },
  'no-zerocopy': {
    message: 'this kernel has no net.bpf.zerocopy_enable',
    fix: 'Nothing to do: without it no capture can be zero-copy.',
  },
  'cannot-enable': {
    message: 'net.bpf.zerocopy_enable could not be set',
    fix: 'Probe the host itself, not a jail: a jail may read the value but not set it.',
  },
  'not-restored': {
    message: 'net.bpf.zerocopy_enable could NOT be set back to its old value',
    fix: 'Set it by hand now: sysctl net.bpf.zerocopy_enable=OLD, with zerocopyBefore of this result.',
  },
  locked: {
    message: 'another probe runs on this host',
    fix: 'Wait until it has finished (a minute at most), then probe again.',
  },
  'time-limit': {
    message: 'the time limit was reached; what was finished is reported',
    fix: 'Probe when the host is less busy, or raise the time limit (60 seconds at most).',
  },
  stopped: {
    message: 'stopped as asked; what was finished is reported',
    fix: 'Probe again for the rest.',
  },
  'bad-structsize': {
    message: "this kernel's net.bpf.stats has records of a size the probe does not know",
    fix: 'Use a zbufctl that knows this FreeBSD release; until then the audit falls back to procstat.',
  },
  'bad-length': {message: 'net.bpf.stats ended in the middle of a record', fix: 'Probe again.'},
  'no-traffic': {
    message: "the probe's own packets were not seen on the interface",
    fix: 'Check that the interface is up and that no firewall drops UDP on it; lo0 is the usual choice.',
  },
  'system-call': {message: 'a system call failed', fix: 'See the step and the error number.'},
};

/** EPERM, EACCES, ENXIO ... as people know them; FreeBSD's numbers. */
const ERRNO: Readonly<Record<number, string>> = {
  1: 'operation not permitted',
  2: 'no such file or directory',
  6: 'no such interface or device',
  12: 'out of memory',
  13: 'permission denied',
  16: 'busy',
  22: 'invalid argument',
  30: 'read-only file system',
  35: 'would block',
  45: 'not supported',
  60: 'timed out',
  78: 'no such system call',
};

/** What a native problem means and what to do, for people. */
export function describeProbeError(error: ProbeError): Words {
  const {message, fix} = WORDS[error.code];
  return {message: message + details(error), fix};
}

function details({step, errno, found}: ProbeError): string {
  if (step !== undefined && errno !== undefined) {
    const words = ERRNO[errno];
    return ` (${step}: errno ${errno}${words === undefined ? '' : `, ${words}`})`;
  }
  return found === undefined ? '' : ` (found ${found})`;
}

/**
 * What kept a host from giving a result, as the predicate of what was sent; absent: the reason says
 * it all.
 */
const LEAD: Readonly<Record<RemoteProblem, string | undefined>> = {
  unreachable: undefined,
  'not-freebsd': undefined,
  'no-program': 'was not sent',
  'no-place': 'was not sent',
  checksum: 'did not arrive whole',
  compiler: undefined,
  'cannot-run': 'did not run',
  'bad-output': 'gave no answer that can be used',
};

/** Why there is no result, in words. @param what `the helper`, `the program` */
export function describeRemoteProblem({code, message}: RemoteProbeError, what: string): string {
  const lead = LEAD[code];
  return lead === undefined ? message : `${what} ${lead}: ${message}`;
}
