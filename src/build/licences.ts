import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

/** What is read of a package-lock.json. */
export interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly version: string;
  readonly license?: string;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
}

/** A package that is installed with zbufctl. */
export interface Licence {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression where the package has one. */
  readonly licence: string;
  /** Absent: built for one system, not looked at here; its text comes with it. */
  readonly text?: string;
}

const TEXT_FILE = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/**
 * The licences of every package of the lock, read where `npm ci` put them.
 * @throws Error when a package every user gets is not there, or has no licence
 */
export function readLicences(root: string, lock: Lock): readonly Licence[] {
  return Object.entries(lock.packages)
    .filter(([place]) => place !== '')
    .map(([place, locked]) => readLicence(join(root, place), place, locked));
}

function readLicence(folder: string, place: string, locked: LockedPackage): Licence {
  const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const here = existsSync(join(folder, 'package.json'));
  // What is built for one system is there on that system only: the text must not depend on it.
  const forOneSystem = locked.os !== undefined || locked.cpu !== undefined;
  if (!here && locked.optional !== true) throw new Error(`${place} is missing: run npm ci`);
  const licence = locked.license ?? (here ? olderLicence(folder) : undefined);
  if (licence === undefined && locked.optional !== true) throw new Error(`${place}: no licence`);
  const said = {name, version: locked.version, licence: licence ?? 'see the package'};
  return here && !forOneSystem ? {...said, text: textIn(folder)} : said;
}

/** Before SPDX expressions, package.json had a list. */
function olderLicence(folder: string): string | undefined {
  const {licenses} = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly licenses?: readonly {readonly type: string}[];
  };
  return licenses?.map(({type}) => type).join(' OR ');
}

function textIn(folder: string): string {
  return readdirSync(folder)
    .filter((file) => TEXT_FILE.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim())
    .join('\n\n');
}

/** One document: packages with the same text stand together above it. */
export function licencesText(licences: readonly Licence[]): string {
  const byText = new Map<string, Set<string>>();
  for (const {name, version, licence, text} of licences) {
    const block = text === undefined || text === '' ? NO_TEXT : text;
    const names = byText.get(block) ?? new Set();
    byText.set(block, names.add(`${name} ${version} (${licence})`));
  }
  const blocks = [...byText].map(([text, names]) => `${[...names].sort().join('\n')}\n\n${text}\n`);
  return [HEAD, ...blocks].join(`\n${'-'.repeat(72)}\n\n`);
}

const HEAD = `Packages that npm installs with zbufctl, and their licences. zbufctl itself: LICENSE.
`;
const NO_TEXT =
  'No licence text of its own here: the package names its licence, or brings the text.';
