import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';

import type {ModeObject} from '../../model/mode.js';
import {MODE_MACHINES, OBJECT_MODES} from '../../model/mode.js';

import {errorCode} from '../files/io-error.js';
import {packageRoot} from '../package/package-root.js';

/** The package's objects that give a program a buffer mode. */
export interface ModeObjects {
  readonly all: readonly ModeObject[];
  /** The bytes of one of them. */
  readonly bytesOf: (sha256: string) => Buffer | undefined;
}

/**
 * What native/build-freebsd.sh made: only what is as SHA256SUMS says counts, so a damaged file is
 * not there. None, where it was not built.
 */
export function loadModeObjects(folder = join(packageRoot(), 'native', 'prebuilt')): ModeObjects {
  const sums = textOf(join(folder, 'SHA256SUMS')).split('\n');
  const bytes = new Map<string, Buffer>();
  const all = MODE_MACHINES.flatMap((machine) =>
    OBJECT_MODES.flatMap((mode): ModeObject[] => {
      const name = `libpcap-${mode}-freebsd-${machine}.so`;
      const [sha256 = ''] = sums.find((line) => line.endsWith(`  ${name}`))?.split(' ') ?? [];
      const file = sha256 === '' ? undefined : bytesAt(join(folder, name));
      if (file === undefined || createHash('sha256').update(file).digest('hex') !== sha256)
        return [];
      bytes.set(sha256, file);
      return [{mode, machine, sha256}];
    }),
  );
  return {all, bytesOf: (sha256) => bytes.get(sha256)};
}

const textOf = (path: string): string => bytesAt(path)?.toString('utf8') ?? '';

function bytesAt(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return undefined;
  }
}
