import {readFileSync} from 'node:fs';
import {join} from 'node:path';

import {packageRoot} from './package-root.js';

/** Shells there is a script for, in templates/completion. tcsh is csh of FreeBSD. */
export const SHELLS = ['bash', 'zsh', 'fish', 'tcsh'] as const;

/** @throws Error for a shell that is not of SHELLS */
export function loadCompletion(shell: string): string {
  if (!(SHELLS as readonly string[]).includes(shell)) throw new Error(`no shell: ${shell}`);
  return readFileSync(join(packageRoot(), 'templates', 'completion', `zbufctl.${shell}`), 'utf8');
}
