import {createHash} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

import {OperatorError} from '../../model/operator-error.js';

import {errorCode} from '../files/io-error.js';
import {packageRoot} from '../package/package-root.js';

export interface PayloadBytes {
  readonly bytes: Uint8Array;
  /** Hex. */
  readonly sha256: string;
}

export const digestOf = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

/** A program the operator built (--program). */
export function readProgram(path: string): PayloadBytes {
  try {
    const bytes = readFileSync(path);
    return {bytes, sha256: digestOf(bytes)};
  } catch (error) {
    throw new OperatorError(
      `cannot read the program ${path}: ${errorCode(error) ?? 'unknown'}`,
      'Check --program.',
    );
  }
}

/** The C sources of the probe's program: what `cc -o zbufprobe native/*.c` takes. */
export function nativeSources(): readonly {readonly name: string; readonly text: string}[] {
  const folder = join(packageRoot(), 'native');
  return readdirSync(folder)
    .filter((name) => /\.[ch]$/.test(name))
    .sort()
    .map((name) => ({name, text: readFileSync(join(folder, name), 'utf8')}));
}
