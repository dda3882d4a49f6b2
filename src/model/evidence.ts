import type {BootEvidence, StoredTunables} from './boot-evidence.js';
import type {ObjectMode} from './mode.js';
import type {OidFacts} from './oid.js';
import type {Reading} from './reading.js';
import type {Amount, Count, ExactCount, Integer, Ordinal, SomeText, Time} from './values.js';

/**
 * What one host said, parsed. Nothing here is an opinion. `schema` names the version; readers
 * refuse others.
 */
export interface Evidence {
  readonly schema: 'zbufctl.evidence/1';
  readonly host: SomeText;
  readonly address: string;
  /** The controller's clock, when collection started. */
  readonly collectedAt: Time;
  /** True when the collector ran against a practice root (the lab), not a real system. */
  readonly practice: boolean;
  /**
   * How we got in; absent for --local. Part of the evidence: a report says which key vouched for
   * the host.
   */
  readonly connection?: Connection;
  readonly identity: Identity;
  /** Running values under net.bpf, by full name, as sysctl(8) printed them. */
  readonly sysctls: Reading<Texts>;
  /**
   * kenv net.bpf.zerocopy_enable: what the loader handed to the kernel, which ignores it; absent:
   * never asked.
   */
  readonly kenv?: Reading<string>;
  /**
   * Files a boot value or loader tunable can come from, verbatim, in reading order (rc files:
   * rc.files).
   */
  readonly files: readonly ConfigFile[];
  /** Names in the sysctl.conf files that the running kernel does not know. */
  readonly unknownOids: Reading<readonly string[]>;
  /**
   * What the kernel says of the others; absent in evidence in which only their existence was asked.
   */
  readonly oids?: Reading<Oids>;
  /** What else the boot runs that can set a value; absent in evidence that was not collected so. */
  readonly boot?: Reading<BootEvidence>;
  /** The value among an appliance's own tunables; `absent`: there is no config.xml. */
  readonly tunables?: Reading<StoredTunables>;
  readonly rc: RcEvidence;
  /** netstat -B, twice, a moment apart; index 0 is the earlier. */
  readonly samples: readonly [DescriptorSample, DescriptorSample];
  /** netstat -B a third time, only where a capture appeared between the two samples. */
  readonly thirdSample?: DescriptorSample;
  /** Which process holds /dev/bpf open (procstat -f -a), at the time of the second sample. */
  readonly holders: Reading<readonly Holder[]>;
  /**
   * All processes ps(1) showed that hold a descriptor or are related to one that does (parent,
   * child, same program).
   */
  readonly processes: Reading<readonly ProcessInfo[]>;
  /**
   * procstat -v by pid, for the processes above.
   * @propertyNames {"pattern": "^[0-9]+$"}
   */
  readonly memoryMaps: Readonly<Record<string, Reading<readonly Mapping[]>>>;
  /** Every libpcap found: loaded by a process above, in base, in /usr/local/lib. */
  readonly libraries: readonly Library[];
  /** Programs of enabled services and of holders, with the libpcap each loads. */
  readonly programs: readonly Program[];
  /**
   * What else decides which libpcap a program loads; absent in evidence that was not collected so.
   */
  readonly linking?: Linking;
  /** What the buffer modes of programs rest on; absent in evidence that was not collected so. */
  readonly modes?: Reading<ModeFacts>;
  /**
   * net.bpf.stats decoded by the native helper; undefined when no helper ran. `absent`: it ran on a
   * practice host, whose answer comes from a model of the kernel without its captures.
   */
  readonly descriptorStats?: Reading<readonly DescriptorStats[]>;
  /** Names of records this version does not know; kept so that nothing is dropped silently. */
  readonly unknownRecords: readonly string[];
}

/** By name. */
export type Texts = Readonly<Record<string, string>>;

/** By name. */
export type Oids = Readonly<Record<string, OidFacts>>;

export interface Connection {
  readonly user: string;
  readonly port: Port;
  /** SHA256:... as ssh-keygen -l prints it. */
  readonly hostKeyFingerprint?: string;
  readonly hostKeyType?: string;
  /** How we got in; what ssh(1) did not tell is absent. */
  readonly authentication?: string;
  readonly via: readonly string[];
}

/**
 * @asType integer
 * @minimum 1
 * @maximum 65535
 */
export type Port = number;

export interface Identity {
  /** uname -s */
  readonly system: Reading<string>;
  /** uname -r, e.g. 15.1-RELEASE-p1 */
  readonly release: Reading<string>;
  /** freebsd-version -k, -r, -u */
  readonly versions: Reading<Versions>;
  /** uname -m, e.g. amd64 */
  readonly machine: Reading<string>;
  /** uname -p, e.g. aarch64 */
  readonly processor: Reading<string>;
  /** __FreeBSD_version of the kernel and of userland (uname -K, -U) */
  readonly osreldate: Reading<ReleaseDates>;
  readonly hostname: Reading<string>;
  /** security.jail.jailed */
  readonly jailed: Reading<boolean>;
  /** kern.securelevel */
  readonly securelevel: Reading<Integer>;
  /** The appliance that owns this system's files; `absent` on plain FreeBSD. */
  readonly product: Reading<Product>;
  /** Effective uid the collector ran with; 0 sees everything. */
  readonly uid: Reading<Count>;
  /** Host clock, seconds since the epoch. */
  readonly time: Reading<Count>;
  /** kern.boottime, seconds since the epoch. */
  readonly bootTime: Reading<Count>;
}

export interface Versions {
  readonly kernel: string;
  readonly running: string;
  readonly userland: string;
}

export interface ReleaseDates {
  readonly kernel: Count;
  readonly userland: Count;
}

/**
 * What is built on FreeBSD and keeps its settings itself; BSDRP is a NanoBSD with a way of its own
 * to save them.
 */
export const PRODUCTS = ['pfSense', 'OPNsense', 'BSDRP', 'NanoBSD', 'TrueNAS', 'other'] as const;

export interface Product {
  readonly name: (typeof PRODUCTS)[number];
  /** What it says of itself, one line. */
  readonly detail: string;
}

/**
 * What stat(1) says of a file, the link itself when it is one. Absent members could not be read or
 * do not apply.
 */
export interface FileMetadata {
  readonly path: string;
  /**
   * Octal, e.g. 0644
   * @pattern ^[0-7]{4}$
   */
  readonly mode?: string;
  readonly owner?: string;
  readonly group?: string;
  /** st_flags as words, e.g. schg; '' when none. */
  readonly flags?: string;
  /** The target, when the path is a symbolic link. */
  readonly linkTarget?: string;
}

export interface ConfigFile extends FileMetadata {
  /** Every byte as it was, a missing last newline and CRs included, but for the two cases below. */
  readonly content: Reading<string>;
  /** Bytes that are not UTF-8 became U+FFFD: never write this text back. */
  readonly lossy?: true;
  /**
   * What smells of a secret became "[redacted]", the end of a long line "[too long]": never write
   * this text back.
   */
  readonly redacted?: true;
}

/**
 * One assignment of an rc file; secrets are "[redacted]". Only variables that matter for captures
 * are collected.
 */
export interface RcAssignment {
  readonly line: Ordinal;
  readonly name: string;
  /**
   * Without quotes when `literal`, else the text after the = as it stands. A CR at the end is part
   * of it, as for sh(1).
   */
  readonly value: string;
  /**
   * False when sh(1) would still expand or join something, so the value is not known from the line.
   */
  readonly literal: boolean;
  /**
   * The line as it stands in the file, for a difference; absent in evidence that was not collected
   * so.
   */
  readonly text?: string;
}

/** A file rc(8) reads variables from; the rest of its content stays on the host. */
export interface RcFile extends FileMetadata {
  readonly assignments: Reading<readonly RcAssignment[]>;
  /** How many lines the file has; absent in evidence that was not collected so. */
  readonly lines?: Count;
  /** The last line has no newline. */
  readonly unended?: true;
}

export interface RcEvidence {
  /**
   * What the rc files set, with the value it has when all are read (defaults not included). Only
   * what captures need comes with its value; the others are "[redacted]", so that set and not set
   * are told apart.
   */
  readonly variables: Reading<Texts>;
  /** Enabled scripts in start order, full paths, as service -e names them. */
  readonly enabled: Reading<readonly string[]>;
  /** Scripts of which could not be told whether rc starts them; absent: none. */
  readonly undecided?: readonly string[];
  /**
   * Old-style scripts (*.sh) that rc.d/localpkg runs at every boot, whatever the variables say;
   * absent: none.
   */
  readonly oldStyle?: readonly OldStyleScript[];
  /** For every enabled script: the program it starts, where the script says so plainly. */
  readonly commands: Texts;
  /**
   * Where the variables are set, in the order rc(8) reads the files; absent in evidence that was
   * not collected so.
   */
  readonly files?: readonly RcFile[];
}

export interface OldStyleScript {
  readonly script: string;
  /** The first program it starts by a plain path; absent: it does not say so. */
  readonly program?: string;
}

export interface DescriptorSample {
  /** Host clock, seconds (fractions where the host has them) since the epoch. */
  readonly at: Reading<Amount>;
  readonly descriptors: Reading<readonly Descriptor[]>;
}

/** One open BPF handle as netstat -B shows it. Lengths in bytes, counters in packets since open. */
export interface Descriptor {
  /** The process that last used the descriptor (bd_pid): the reader, not necessarily the opener. */
  readonly pid: Count;
  readonly interfaceName: string;
  readonly command: string;
  readonly received: Count;
  readonly dropped: Count;
  readonly matched: Count;
  readonly storeLength: Count;
  readonly holdLength: Count;
  readonly promiscuous: boolean;
  readonly locked: boolean;
}

/**
 * A process with /dev/bpf open. `offset` above 0 proves read(2), which a zero-copy descriptor
 * refuses (EINVAL).
 */
export interface Holder {
  readonly pid: Count;
  readonly command: string;
  readonly fd: string;
  /** f_count of the open file: 2 and more means shared, or a read in progress. */
  readonly refCount: Reading<Count>;
  readonly offset: Reading<Count>;
  readonly path: string;
}

export interface ProcessInfo {
  readonly pid: Count;
  readonly ppid: Count;
  readonly pgid: Count;
  readonly jid: Count;
  readonly user: string;
  readonly state: string;
  /** lstart as ps printed it, e.g. "Tue Nov 24 06:41:32 2026" (host's time zone). */
  readonly started: string;
  readonly command: string;
  readonly args: string;
}

/** A line of procstat -v. Page counts are in pages of the host (4096 bytes on amd64 and arm64). */
export interface Mapping {
  readonly start: HexAddress;
  readonly end: HexAddress;
  readonly pages: Count;
  /** @pattern ^[r-][w-][x-]$ */
  readonly protection: string;
  readonly resident: Count;
  readonly privateResident: Count;
  readonly refCount: Count;
  readonly shadowCount: Count;
  /** e.g. "CN---": C copy-on-write, N needs copy, D grows down. */
  readonly flags: string;
  /** df, sw, vn, dv, ph, gd, -- ... */
  readonly type: string;
  readonly path: string;
}

/** @pattern ^0x[0-9a-f]+$ */
export type HexAddress = string;

export interface Library {
  readonly path: string;
  /** The line with "libpcap version", as strings(1) finds it. */
  readonly version: Reading<string>;
}

export interface Program {
  readonly path: string;
  /** Path of the libpcap it loads; `absent`: loads none (statically linked or no libpcap). */
  readonly libpcap: Reading<string>;
  /** The version string inside the program itself, when libpcap is linked in. */
  readonly builtIn: Reading<string>;
}

/** libmap.conf(5), and the variables of rtld(1) that processes have. */
export interface Linking {
  /** /etc/libmap.conf and every file it or its folders name, whole. */
  readonly libmap: readonly LibmapFile[];
  /**
   * The folders it includes, with their files in the order readdir(3) gives them, which is the
   * order that counts.
   */
  readonly libmapFolders: readonly LibmapFolder[];
  /**
   * By pid, of the processes that hold a descriptor: LD_ variables, and no others. A pid that is
   * missing was not read.
   */
  readonly environments: Reading<Environments>;
}

/** Variables by pid. */
export type Environments = Readonly<Record<string, Texts>>;

export interface LibmapFile {
  readonly path: string;
  readonly content: Reading<string>;
}

export interface LibmapFolder {
  readonly path: string;
  readonly names: Reading<readonly string[]>;
}

/**
 * Objects that give a program a buffer mode, and what decides whether one could be put before its
 * libpcap.
 */
export interface ModeFacts {
  /** Those that are there. */
  readonly objects: readonly ModeFile[];
  /** Programs that are set-user-id or set-group-id. */
  readonly setId: readonly string[];
  /** 32-bit programs: rtld reads another file for them. */
  readonly narrow: readonly string[];
  /** The state of mac_veriexec(4); `absent`: it is not in the kernel. */
  readonly veriexec: Reading<string>;
  readonly mounts: readonly Mount[];
}

export interface ModeFile {
  readonly path: string;
  /** Hex. */
  readonly sha256: Reading<string>;
  /**
   * The mode it gives: it is, byte for byte, an object of this zbufctl. Never collected, and
   * refused in a stored document; put in when it is judged.
   * @hidden
   */
  readonly ours?: ObjectMode;
}

/** A file system, as fstab(5) has it. */
export interface Mount {
  readonly path: string;
  /** Those that decide something here. */
  readonly options: readonly MountOption[];
}

export const MOUNT_OPTIONS = ['ro', 'rw', 'noexec', 'nosuid', 'union'] as const;
export type MountOption = (typeof MOUNT_OPTIONS)[number];

/** One record of net.bpf.stats (struct xbpf_d), which no base tool shows in full. */
export interface DescriptorStats {
  readonly pid: ExactCount;
  readonly interfaceName: string;
  readonly mode: 'buffer' | 'zbuf' | 'unknown';
  readonly received: ExactCount;
  readonly dropped: ExactCount;
  readonly matched: ExactCount;
  readonly storeLength: ExactCount;
  readonly holdLength: ExactCount;
  /** Bytes. */
  readonly bufferSize: ExactCount;
  /** bd_zcopy: zero-copy operations so far. */
  readonly zeroCopies: ExactCount;
}
