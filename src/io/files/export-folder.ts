import {randomBytes} from 'node:crypto';
import {lstat, readdir, readFile, rename, rm} from 'node:fs/promises';
import {basename, dirname, join, relative, resolve} from 'node:path';

import {OperatorError} from '../../model/operator-error.js';
import {canonicalJson} from '../../text/canonical-json.js';
import {sha256} from '../../text/hash-chain.js';
import {sanitize} from '../../text/sanitize.js';

import {syncDirectory, writeFileAtomically} from './atomic-write.js';
import {errorCode, explained} from './io-error.js';
import {makeFolder} from './make-folder.js';

/** What we wrote, so that nothing else is ever replaced. */
const MANIFEST = '.zbufctl-export.json';
const SCHEMA = 'zbufctl.export/1';

/** How many files a refusal names. */
const NAMED = 5;

/**
 * Puts a folder of files in place, whole or not at all. What is there is replaced when it is what
 * an earlier export wrote, byte for byte. Throws OperatorError, naming the files that are not.
 * @returns bytes of all of them
 */
export async function writeExportFolder(
  given: string,
  files: ReadonlyMap<string, string>,
): Promise<number> {
  const path = resolve(given);
  const above = dirname(path);
  const tail = `${basename(path)}.${randomBytes(6).toString('hex')}`;
  const made = join(above, `.${tail}.new`);
  const old = join(above, `.${tail}.old`);
  return explained(`cannot write ${given}`, async () => {
    const isOurs = await refuseOthers(given, path);
    await makeFolder(above);
    try {
      const bytes = await write(made, files);
      if (isOurs) await rename(path, old);
      try {
        await rename(made, path);
      } catch (error) {
        if (isOurs) await rename(old, path);
        throw error;
      }
      await syncDirectory(above);
      await rm(old, {recursive: true, force: true});
      return bytes;
    } finally {
      await rm(made, {recursive: true, force: true});
    }
  });
}

async function write(folder: string, files: ReadonlyMap<string, string>): Promise<number> {
  const hashes = Object.fromEntries([...files].map(([name, text]) => [name, sha256(text)]));
  const manifest = `${canonicalJson({schema: SCHEMA, files: hashes})}\n`;
  let bytes = 0;
  for (const [name, text] of [...files, [MANIFEST, manifest] as const]) {
    await makeFolder(dirname(join(folder, name)));
    await writeFileAtomically(join(folder, name), text, 0o644);
    bytes += Buffer.byteLength(text);
  }
  return bytes;
}

/** @returns whether there is an export of ours to replace */
async function refuseOthers(given: string, path: string): Promise<boolean> {
  try {
    if (!(await lstat(path)).isDirectory())
      throw new OperatorError(`${given} is not a folder`, 'Name another with --out.');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
  const entries = await readdir(path, {recursive: true, withFileTypes: true});
  const hashes = await manifestOf(path);
  const others: string[] = [];
  for (const entry of entries) {
    const file = join(entry.parentPath, entry.name);
    const name = relative(path, file);
    // What Python leaves beside its sources is nobody's.
    if (entry.isDirectory() || name === MANIFEST || /(^|\/)__pycache__\//.test(name)) continue;
    const isSame = entry.isFile() && hashes.get(name) === sha256(await readFile(file, 'utf8'));
    if (!isSame) others.push(name);
  }
  if (others.length === 0) return true;
  const named = others.slice(0, NAMED).map((name) => sanitize(name, {limit: 100}));
  const more = others.length > NAMED ? ` and ${others.length - NAMED} more` : '';
  throw new OperatorError(
    `${given} has files that zbufctl did not write so: ${named.join(', ')}${more}`,
    'Name another folder with --out, or take them away. Nothing was written.',
  );
}

async function manifestOf(path: string): Promise<ReadonlyMap<string, unknown>> {
  try {
    const value = JSON.parse(await readFile(join(path, MANIFEST), 'utf8')) as unknown;
    const files = (value as {readonly files?: unknown} | null)?.files;
    return typeof files === 'object' && files !== null ? new Map(Object.entries(files)) : new Map();
  } catch {
    return new Map();
  }
}
