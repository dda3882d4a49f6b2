import type {ObjectMode} from '../model/mode.js';

/** The two releases the practice fleet imitates; the ones the captures were taken on. */
export const RELEASES = ['13.2', '15.1'] as const;
export type Release = (typeof RELEASES)[number];

/** One row of ps(1). */
export interface Process {
  readonly pid: number;
  readonly ppid: number;
  readonly pgid: number;
  readonly user: string;
  readonly stat: string;
  /** Seconds after boot. */
  readonly started: number;
  /** '-' when there is none. */
  readonly tty: string;
  /** The service it lives and dies with; '' when it is nobody's. */
  readonly unit: string;
  readonly command: string;
  readonly args: string;
}

/**
 * What becomes of a capture as packets arrive (templates/lab/awk/traffic.awk): nothing arrives;
 * read(2) takes all; zero-copy buffers rotate; the held buffer is never given back.
 */
export type Behaviour = 'idle' | 'buffered' | 'zerocopy' | 'stalled';

/** One row of netstat -B, as it is at the first look, and how it goes on. */
export interface Descriptor {
  readonly pid: number;
  readonly interfaceName: string;
  /** As netstat prints them, e.g. p--s--l. */
  readonly flags: string;
  readonly received: number;
  readonly dropped: number;
  readonly matched: number;
  readonly storeLength: number;
  readonly holdLength: number;
  readonly command: string;
  readonly behaviour: Behaviour;
  /** Packets that arrive between two netstat calls, and bytes each takes in a buffer. */
  readonly packetsPerCall: number;
  readonly bytesPerPacket: number;
  /** Bytes of one of the two buffers. */
  readonly bufferSize: number;
}

/** One row of procstat -f. */
export interface OpenFile {
  readonly pid: number;
  readonly command: string;
  /** A number, or text, cwd, root. */
  readonly fd: string;
  /** v vnode, p pipe, s socket. */
  readonly type: string;
  /** c character device, r regular, d directory, - not a vnode. */
  readonly vnode: string;
  readonly flags: string;
  /** '-' for text, cwd and root. */
  readonly references: string;
  readonly offset: string;
  /** Bytes the offset grows between two netstat calls. */
  readonly growth: number;
  readonly path: string;
}

/** One row of procstat -v. Addresses are hexadecimal without 0x; counts are pages of 4096 bytes. */
export interface Mapping {
  readonly start: string;
  readonly end: string;
  readonly protection: string;
  readonly resident: number;
  readonly privateResident: number;
  readonly references: number;
  readonly shadows: number;
  readonly flags: string;
  readonly type: string;
  readonly path: string;
}

/** The processes of one program, with what the kernel knows of them. */
export interface Unit {
  readonly processes: readonly Process[];
  readonly descriptors: readonly Descriptor[];
  readonly openFiles: readonly OpenFile[];
  readonly maps: ReadonlyMap<number, readonly Mapping[]>;
  /** By pid, what it was started with besides the plain variables. */
  readonly environments?: ReadonlyMap<number, readonly string[]>;
}

/** A service that can be stopped and started: how its processes look in either buffer mode. */
export interface Startable {
  readonly name: string;
  /** Path of the libpcap it loads: decides, with the sysctl, the mode it starts in. */
  readonly libpcap: string;
  /** What libmap.conf knows it by; absent: nothing is mapped for it. */
  readonly program?: string;
  readonly buffered: (pids: readonly number[]) => Unit;
  readonly zerocopy: (pids: readonly number[]) => Unit;
  /** In zero-copy mode under an object that gives this mode; absent: as without. */
  readonly moded?: Readonly<Partial<Record<ObjectMode, (pids: readonly number[]) => Unit>>>;
}

/** One line of rc's start order. */
export interface ServiceScript {
  readonly script: string;
  readonly rcVariable: string;
  readonly enabledByDefault: boolean;
  /** Absent when the script names none. */
  readonly command?: string;
}

/** A file of the practice host; text is written as Latin-1, so that any byte can be said. */
export interface HostFile {
  readonly content: string;
  /** Default 0o644. */
  readonly mode?: number;
  /** chflags(1) words, comma separated. */
  readonly flags?: string;
  /** Default root; that of the folder it lies in is the same. */
  readonly owner?: {readonly uid: number; readonly user: string};
}

/** A simulated host, before it is written to disk. */
export interface Machine {
  readonly release: Release;
  /** uname -r and userland's release; usually the release's own. */
  readonly osrelease: string;
  readonly hostname: string;
  /** Seconds since the epoch. */
  readonly bootTime: number;
  readonly processes: readonly Process[];
  /** The process that ps(1) shows as itself; absent: it does not show itself. */
  readonly self?: Process;
  readonly units: readonly Unit[];
  readonly startables: readonly Startable[];
  /** Values that differ from the release's, by name. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** Text of the version line in /lib/libpcap.so.8. */
  readonly libpcap: string;
  /** Assignments of /etc/rc.conf, in order. */
  readonly rcConf: Readonly<Record<string, string>>;
  /** Absolute paths; wins over everything the tree has by itself. */
  readonly files: Readonly<Record<string, HostFile>>;
  readonly extraServices: readonly ServiceScript[];
  /** Jail id; 0 is no jail. */
  readonly jid: number;
  readonly readOnlyRoot: boolean;
  readonly system: 'FreeBSD' | 'Linux';
  /** Bytes a program prints after its own output, by program (netstat, procstat, ps). */
  readonly raw: Readonly<Record<string, string>>;
  /** Programs that make their caller root, and whether they ask for the password. */
  readonly become: Readonly<Record<string, 'password' | 'nopasswd'>>;
}
