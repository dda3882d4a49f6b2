import {posix} from 'node:path';

import type {Defect} from './host-names.js';

/** What a path in a file is relative to. */
export interface PathBase {
  /** Absolute path of the file the path is written in. */
  readonly file: string;
  readonly homeDirectory: string;
}

/**
 * The absolute path of a path written in an inventory: `~` and `~/x` are in the home directory,
 * everything else is relative to the folder of the file. Nothing is looked up.
 */
export function resolvePath(text: string, base: PathBase): {readonly path: string} | Defect {
  if (text.trim() === '')
    return {message: 'is an empty path', fix: 'Write the path, or remove the key.'};
  if (text === '~' || text.startsWith('~/'))
    return {path: posix.join(base.homeDirectory, text.slice(1))};
  if (text.startsWith('~'))
    return {message: "is in another user's home", fix: 'Write the whole path; only ~/ is known.'};
  if (/\$\{?[A-Za-z_]|%[CHTdhiklnpru]\b/.test(text))
    return {
      message: 'has a variable in it',
      fix: 'Write the whole path: variables and %-tokens are not replaced.',
    };
  return {
    path: text.startsWith('/') ? posix.normalize(text) : posix.join(posix.dirname(base.file), text),
  };
}
