import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';

import type {Result} from '../../model/failure.js';
import {fail, ok} from '../../model/failure.js';

import {errorCode} from '../files/io-error.js';
import {packageRoot} from '../package/package-root.js';

/** A static FreeBSD program of the package, ready to send. */
export interface PrebuiltProbe {
  readonly name: string;
  readonly bytes: Buffer;
  /** SHA-256, hex: what the host has to say of the file after the upload. */
  readonly sha256: string;
}

/**
 * Why there is none. `no-such-machine`: none is made for it; `not-built`: the package lacks it;
 * `damaged`: wrong checksum.
 */
export interface NoPrebuiltProbe {
  readonly reason: 'no-such-machine' | 'not-built' | 'damaged';
  readonly message: string;
}

/** What `uname -m` says, to our names. */
const MACHINES: Readonly<Record<string, string>> = {
  amd64: 'amd64',
  x86_64: 'amd64',
  arm64: 'arm64',
  aarch64: 'arm64',
};

/**
 * The static program for a FreeBSD machine, checked against the package's SHA256SUMS.
 * @param machine uname -m of the host, e.g. amd64
 */
export function prebuiltProbe(
  machine: string,
  folder = join(packageRoot(), 'native', 'prebuilt'),
): Result<PrebuiltProbe, NoPrebuiltProbe> {
  const known = Object.hasOwn(MACHINES, machine) ? MACHINES[machine] : undefined;
  if (known === undefined) {
    return fail({reason: 'no-such-machine', message: 'no prebuilt probe is made for this machine'});
  }
  const name = `zbufprobe-freebsd-${known}`;
  let bytes: Buffer;
  let sums: string;
  try {
    bytes = readFileSync(join(folder, name));
    sums = readFileSync(join(folder, 'SHA256SUMS'), 'utf8');
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return fail({
      reason: 'not-built',
      message: `${name} is not built here (native/prebuilt lacks it)`,
    });
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (!sums.split('\n').includes(`${sha256}  ${name}`)) {
    return fail({
      reason: 'damaged',
      message: `${name} is not what native/prebuilt/SHA256SUMS says`,
    });
  }
  return ok({name, bytes, sha256});
}
