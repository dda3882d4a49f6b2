import type {Sha256} from './values.js';

/**
 * The buffer modes a program can be given (PR 163370).
 * - `buffered`: zero-copy is refused; a fork does no harm
 * - `inherit`: zero-copy, and a child shares the buffers
 * - `private`: zero-copy, and a child does not have the buffers
 * - `zbuf`: zero-copy as libpcap asks for it, with nothing in between
 */
export const MODES = ['buffered', 'inherit', 'private', 'zbuf'] as const;
export type BufferMode = (typeof MODES)[number];

/**
 * Those that take an object of ours in front of libpcap (native/mode/mode.c); `zbuf` is to have
 * none.
 */
export const OBJECT_MODES = [
  'buffered',
  'inherit',
  'private',
] as const satisfies readonly BufferMode[];
export type ObjectMode = (typeof OBJECT_MODES)[number];

/**
 * What the policy says of modes: one for each of some services or programs, or whatever fits each
 * capture.
 */
export type ModePolicy = 'auto' | Readonly<Record<string, BufferMode>>;

/** Machines the objects are built for, by our names. */
export const MODE_MACHINES = ['amd64', 'arm64'] as const;
export type ModeMachine = (typeof MODE_MACHINES)[number];

/** An object as native/build-freebsd.sh makes it. */
export interface ModeObject {
  readonly mode: ObjectMode;
  readonly machine: ModeMachine;
  readonly sha256: Sha256;
}

/** Where the objects lie on a host, and nothing else does. */
export const MODE_FOLDER = '/usr/local/lib/zbufctl';
export const objectPath = (mode: ObjectMode): string => `${MODE_FOLDER}/libpcap-${mode}.so`;

/** The one file that maps them (libmap.conf(5)), whole. */
export const MODE_MAP = '/usr/local/etc/libmap.d/zbufctl.conf';

/** What they are put in front of, and need by this path (facts: per-program-modes.md). */
export const MODE_LIBPCAP = {name: 'libpcap.so.8', path: '/lib/libpcap.so.8'} as const;
