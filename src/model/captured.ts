import type {BufferMode, ObjectMode} from './mode.js';
import type {Count} from './values.js';

/**
 * The mode of one capture, as far as it was told or seen. `zbuf`: zero-copy, and no object of ours
 * in between. `unknown`: nothing seen rules zero-copy out, and the kernel was not asked.
 */
export type CaptureMode = BufferMode | 'unknown';

/**
 * Who says so: `kernel`: net.bpf.stats, through the helper. `observed`: read(2) moved its file
 * offset, or its libpcap cannot do zero-copy. `nobody`: it is not known.
 */
export const MODE_SOURCES = ['kernel', 'observed', 'nobody'] as const;
export type ModeSource = (typeof MODE_SOURCES)[number];

/** An open descriptor as an audit shows it. */
export interface AuditedCapture {
  readonly pid: Count;
  /** Its command, as the host names it. */
  readonly program: string;
  readonly interface: string;
  /** Of the knowledge base or the policy; absent: none fits, or more than one. */
  readonly service?: string;
  readonly mode: CaptureMode;
  readonly by: ModeSource;
  /** The object of ours that is in its memory. */
  readonly given?: ObjectMode;
}

/** `null`: the host has no descriptors to list. `unreadable`: could not look. */
export type CaptureList = readonly AuditedCapture[] | null | 'unreadable';
