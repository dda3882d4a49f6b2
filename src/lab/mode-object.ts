import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

import type {ObjectMode} from '../model/mode.js';
import {MODE_LIBPCAP} from '../model/mode.js';

import type {HostFile} from './machine.js';
import {packageRoot} from './package-root.js';
import {programFile} from './shared-tree.js';

/**
 * The object that gives a mode, as the package has it; where it was not built, a stand-in that
 * needs the same library and that nobody takes for ours.
 */
export function modeObjectFile(mode: ObjectMode): HostFile {
  const built = join(packageRoot(), 'native', 'prebuilt', `libpcap-${mode}-freebsd-amd64.so`);
  const content = existsSync(built)
    ? readFileSync(built, 'latin1')
    : programFile(
        [{name: MODE_LIBPCAP.path, path: MODE_LIBPCAP.path, address: '2a1c5d600000'}],
        [`libpcap-${mode}.so`],
      );
  return {content, mode: 0o444};
}
