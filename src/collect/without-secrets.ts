import type {ConfigFile, Evidence, RcAssignment, RcEvidence, RcFile} from '../model/evidence.js';
import {remembering} from '../text/remembering.js';
import {isSecretName, maskSecrets, REDACTED} from '../text/mask-secrets.js';

/**
 * Members whose texts are tables of the kernel or names of files that steps and rules look up
 * again. Nothing of what people write into settings and arguments gets there.
 */
const EXACT = new Set([
  'memoryMaps',
  'samples',
  'descriptorStats',
  'connection',
  'libraries',
  'programs',
  'modes',
]);

/**
 * The evidence without secrets. collect.sh masks on the host already; this is for a host that does
 * not do as it was told, for evidence somebody kept, and for whatever is collected one day and
 * forgotten there. Whole texts are looked through, not known places only.
 */
export const withoutSecrets = (evidence: Evidence): Evidence =>
  withMembers(evidence, (name, value) =>
    name === 'rc'
      ? withMembers(evidence.rc, (member, part) => partWithoutSecrets(['rc', member], part))
      : partWithoutSecrets([name], value),
  );

function withMembers<T extends object>(
  value: T,
  change: (name: string, member: unknown) => unknown,
): T {
  const members: readonly (readonly [string, unknown])[] = Object.entries(value);
  return Object.fromEntries(members.map(([name, member]) => [name, change(name, member)])) as T;
}

/**
 * A part of an evidence without secrets.
 * @param path where it stands: the name of a member, or `rc` and the name of one of its members
 */
export function partWithoutSecrets(path: readonly string[], value: unknown): unknown {
  switch (path.join('.')) {
    case 'files':
      return (value as Evidence['files']).map(configFile);
    case 'rc.variables':
      return variables(value as RcEvidence['variables']);
    case 'rc.files':
      return (value as NonNullable<RcEvidence['files']>).map(rcFile);
    default:
      return EXACT.has(path[0] ?? '') ? value : deep(value);
  }
}

function variables(said: RcEvidence['variables']): RcEvidence['variables'] {
  const masked = deep(said) as RcEvidence['variables'];
  if (masked.state !== 'read') return masked;
  return {
    ...masked,
    value: Object.fromEntries(
      Object.entries(masked.value).map(([name, value]) => [name, hidden(name) ? REDACTED : value]),
    ),
  };
}

function rcFile(said: RcFile): RcFile {
  const file = deep(said) as RcFile;
  return {
    ...file,
    assignments:
      file.assignments.state === 'read'
        ? {...file.assignments, value: file.assignments.value.map(assignment)}
        : file.assignments,
  };
}

/** Hosts set much the same variables. */
const secretNames = remembering<boolean>(2000, 128);

const hidden = (name: string): boolean => secretNames(name, () => isSecretName(name));

function assignment(a: RcAssignment): RcAssignment {
  if (!hidden(a.name)) return a;
  const {text: _, ...kept} = a;
  return {...kept, value: REDACTED};
}

/**
 * Line by line, so that nothing of a file but the secret goes; a file that lost something is not
 * written back.
 */
function configFile(file: ConfigFile): ConfigFile {
  if (file.content.state !== 'read') return deep(file) as ConfigFile;
  const text = file.content.value;
  const masked = text
    .split('\n')
    .map((line) => maskSecrets(line))
    .join('\n');
  return masked === text
    ? file
    : {...file, content: {...file.content, value: masked}, redacted: true};
}

/** The same value where nothing was masked: most of it. */
function deep(value: unknown): unknown {
  if (typeof value === 'string')
    return value.includes('\n')
      ? value.split('\n').map(maskSecrets).join('\n')
      : maskSecrets(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return changedItems(value) ?? value;
  const names = Object.keys(value);
  const members = value as Readonly<Record<string, unknown>>;
  const kept = changedItems(names.map((name) => members[name]));
  return kept === undefined ? value : Object.fromEntries(names.map((name, i) => [name, kept[i]]));
}

/** Undefined: nothing was masked, as mostly; then nothing is made anew. */
function changedItems(items: readonly unknown[]): readonly unknown[] | undefined {
  let changed: unknown[] | undefined;
  for (let i = 0; i < items.length; i += 1) {
    const kept = deep(items[i]);
    if (changed === undefined && kept !== items[i]) changed = items.slice(0, i);
    changed?.push(kept);
  }
  return changed;
}
