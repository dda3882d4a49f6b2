import {readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';

import type {Evidence} from '../../model/evidence.js';
import {OperatorError} from '../../model/operator-error.js';
import {canonicalJson} from '../../text/canonical-json.js';
import {errorCode, explained} from '../files/io-error.js';
import {isRecord, parse, readJson} from './chain-head.js';
import {withLock} from './lock-file.js';
import type {LockOptions} from './lock-file.js';
import {hasWriter} from './run-needs.js';
import type {RunPaths} from './run-paths.js';
import {headOfRun} from './run-reader.js';
import {evidenceName, RunWriter} from './run-writer.js';

/** Evidence of an unfinished run, and its hash (AuditedHost.evidenceHash). */
export interface StoredEvidence {
  readonly evidence: Evidence;
  readonly hash: string;
}

/** A run another process began, on its way into the store again. */
export interface ResumedRun {
  readonly writer: RunWriter;
  /** What the earlier process stored of a host; undefined: nothing, or nothing whole. */
  stored(host: string): Promise<StoredEvidence | undefined>;
}

/**
 * What an unfinished run was begun to do, as `begin` was given it. Throws OperatorError when the
 * run is finished.
 */
export async function purposeOf(paths: RunPaths, run: string): Promise<unknown> {
  await refuseFinished(paths, run);
  const begun = await explained(`cannot read run ${run}`, () => readJson(paths.unfinished(run)));
  return isRecord(begun) ? begun['purpose'] : undefined;
}

/**
 * Takes an unfinished run over from a process that has ended. Throws OperatorError (5) when it has
 * not.
 */
export async function resumeRun(
  paths: RunPaths,
  run: string,
  lock: LockOptions,
): Promise<ResumedRun> {
  await explained(`cannot go on with run ${run}`, () =>
    withLock(paths.lock, lock, async () => {
      const purpose = await purposeOf(paths, run);
      if (await hasWriter(paths, run))
        throw new OperatorError(
          `run ${run} is still going on: the process that writes it is there`,
          'Wait until it has ended, or end it.',
          5,
        );
      await RunWriter.claim(paths, run, purpose);
    }),
  );
  const writer = new RunWriter(paths, run, lock);
  return {writer, stored: (host) => storedOf(paths, writer, host)};
}

async function refuseFinished(paths: RunPaths, run: string): Promise<void> {
  if ((await headOfRun(paths, run)) === undefined) return;
  throw new OperatorError(
    `run ${run} is finished`,
    `To ask the hosts it did not reach once more: zbufctl audit --failed-in ${run}`,
  );
}

/** What is not as it was written is removed: the host is asked again. */
async function storedOf(
  paths: RunPaths,
  writer: RunWriter,
  host: string,
): Promise<StoredEvidence | undefined> {
  const path = join(paths.run(writer.run), evidenceName(host));
  return explained(`cannot read ${path}`, async () => {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
    const value = parse(text);
    const isWhole =
      isRecord(value) &&
      value['schema'] === 'zbufctl.evidence/1' &&
      value['host'] === host &&
      canonicalJson(value) === text;
    if (isWhole) return {evidence: value as unknown as Evidence, hash: writer.adopt(host, text)};
    await rm(path);
    return undefined;
  });
}
