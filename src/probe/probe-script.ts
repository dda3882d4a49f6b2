import {shellQuote} from '../text/shell.js';

/** What is sent to a host: a program that runs as it is, or sources for its cc(1). */
export interface Payload {
  readonly kind: 'program' | 'sources';
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes, hex. */
  readonly sha256: string;
}

/** Bytes a line of the script carries; four characters each. */
const CHUNK = 512;

/**
 * The whole script for one exec: arguments, the payload as a function, templates/probe.sh. Octal escapes of printf(1) are
 * the one encoding that every POSIX sh decodes by itself: no b64decode, uudecode or perl is needed on the host.
 */
export function probeScript(template: string, payload: Payload, args: readonly string[]): string {
  const words = [payload.kind, payload.sha256, ...args].map(shellQuote).join(' ');
  return `set -- ${words}\n${payloadFunction(payload.bytes)}\n${template}`;
}

function payloadFunction(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK) {
    let line = '';
    for (const byte of bytes.subarray(at, at + CHUNK)) line += OCTAL[byte] ?? '';
    // A write that fails (disk full) must be the function's answer.
    lines.push(`\tprintf '${line}' || return 1`);
  }
  return ['payload()', '{', ...(lines.length === 0 ? ['\t:'] : lines), '}'].join('\n');
}

const OCTAL: readonly string[] = Array.from(
  {length: 256},
  (_, byte) => `\\${byte.toString(8).padStart(3, '0')}`,
);

/** Joins C sources into one payload, as templates/probe.sh takes it apart. */
export function joinSources(files: readonly {readonly name: string; readonly text: string}[]): string {
  return files
    .map(({name, text}) => {
      if (!/^[A-Za-z0-9_]+\.[ch]$/.test(name)) throw new Error(`not a source file's name: ${name}`);
      return `@@zbufctl-file ${name}\n${text.endsWith('\n') ? text : `${text}\n`}`;
    })
    .join('');
}
