import {printfOctal} from '../text/printf-octal.js';
import {shellQuote} from '../text/shell.js';

/** What is sent to a host: a program that runs as it is, or sources for its cc(1). */
export interface Payload {
  readonly kind: 'program' | 'sources';
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes, hex. */
  readonly sha256: string;
}

/** The whole script for one exec: arguments, the payload as a function, templates/probe.sh. */
export function probeScript(template: string, payload: Payload, args: readonly string[]): string {
  const words = [payload.kind, payload.sha256, ...args].map(shellQuote).join(' ');
  return `set -- ${words}\n${payloadFunction(payload.bytes)}\n${template}`;
}

const payloadFunction = (bytes: Uint8Array): string =>
  ['payload()', '{', ...printfOctal(bytes).map((line) => `\t${line}`), '}'].join('\n');

/** Joins C sources into one payload, as templates/probe.sh takes it apart. */
export function joinSources(
  files: readonly {readonly name: string; readonly text: string}[],
): string {
  return files
    .map(({name, text}) => {
      if (!/^[A-Za-z0-9_]+\.[ch]$/.test(name)) throw new Error(`not a source file's name: ${name}`);
      return `@@zbufctl-file ${name}\n${text.endsWith('\n') ? text : `${text}\n`}`;
    })
    .join('');
}
