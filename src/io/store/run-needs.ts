import {OperatorError} from '../../model/operator-error.js';
import {isRunId, kindOfRun} from '../../text/run-id.js';
import {isRecord, parse, readJson} from './chain-head.js';
import {errorCode} from '../files/io-error.js';
import type {RunPaths} from './run-paths.js';
import {loadRun, planTextOf} from './run-reader.js';

/**
 * Which other runs an apply or a rollback makes no sense without: the audit its plan was made from,
 * the run it undid, the run it went on with. Nothing for other kinds, and for one that ended before
 * anything was stored of it.
 */
export async function needsOf(paths: RunPaths, run: string): Promise<readonly string[]> {
  const kind = kindOfRun(run);
  if (kind !== 'apply' && kind !== 'rollback') return [];
  const document = await ifReadable(
    async () => (await loadRun(paths, run, 'zbufctl.apply/1')).document,
  );
  const plan = await ifReadable(async () => parse((await planTextOf(paths, run)) ?? ''));
  const needs = [
    document?.undoes,
    document?.continues,
    isRecord(plan) ? plan['madeFrom'] : undefined,
  ];
  return needs.filter((other): other is string => typeof other === 'string' && isRunId(other));
}

/**
 * A run that can not be read says nothing; the check of the chain finds it, and nothing is removed
 * then.
 */
async function ifReadable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof OperatorError) return undefined;
    throw error;
  }
}

/**
 * True when the process that began the run is still there (or another with its number: better to
 * wait than to remove).
 */
export async function hasWriter(paths: RunPaths, run: string): Promise<boolean> {
  const started = await readJson(paths.unfinished(run));
  const pid = isRecord(started) ? started['pid'] : undefined;
  if (typeof pid !== 'number' || !Number.isInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ESRCH';
  }
}
