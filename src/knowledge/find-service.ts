import type {Service} from '../model/service.js';
import {globMatches} from '../text/glob.js';

import {splitShown} from './split-words.js';

/** What is known of a running or an enabled program. */
export interface Sighting {
  /** Process name as ps(1), procstat(1) or netstat(1) show it (ki_comm). */
  readonly command?: string;
  /** Arguments as ps(1) shows them, program first. */
  readonly args?: string;
  /** Name of the script under rc.d, without its directory. */
  readonly rcScript?: string;
}

/** MAXCOMLEN of sys/param.h: longer process names are cut to this many bytes. */
const COMMAND_LENGTH = 19;

/**
 * The services a program can be: none, one, or several when they share a process name (Snort 2 and
 * 3) and nothing tells them apart. The rc script decides where it is known; then the process name;
 * then the program's own path.
 */
export function findServices(services: readonly Service[], sighting: Sighting): readonly Service[] {
  const byName = services.filter(
    (service) => isCommand(service, sighting) && fitsArguments(service, sighting.args),
  );
  if (sighting.rcScript === undefined) return byName;
  const byScript = services.filter((service) => service.rcScript === sighting.rcScript);
  const both = byScript.filter((service) => byName.includes(service));
  if (both.length > 0) return both;
  return byScript.length > 0 ? byScript : byName;
}

function isCommand(service: Service, {command, args}: Sighting): boolean {
  if (command !== undefined && command !== '') {
    return service.commands.some((known) => sameCommand(known, command));
  }
  const program = programOf(args);
  return program !== undefined && service.commands.some((known) => globMatches(known, program));
}

function sameCommand(known: string, seen: string): boolean {
  if (globMatches(known, seen)) return true;
  return (
    seen.length === COMMAND_LENGTH &&
    known.length > COMMAND_LENGTH &&
    globMatches(`${seen}*`, known)
  );
}

/**
 * The program's name by its arguments: the last part of argv[0], or the name before a title
 * ("pflogd: [running]").
 */
function programOf(args: string | undefined): string | undefined {
  const first = splitShown(args ?? '')[0];
  return first?.replace(/:$/, '').split('/').at(-1);
}

/**
 * An interpreter's process name says nothing of the program; without its arguments nothing is
 * claimed.
 */
function fitsArguments(service: Service, args: string | undefined): boolean {
  const pattern = service.argumentsMatch;
  if (pattern === undefined) return true;
  return splitShown(args ?? '').some((word) => globMatches(pattern, word));
}
