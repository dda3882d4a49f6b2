import {join} from 'node:path';

import {OperatorError} from '../model/operator-error.js';
import {isRunId, kindOfRun} from '../text/run-id.js';
import {isRecord, readJson} from './chain-head.js';
import type {RunPaths} from './run-paths.js';
import {errorCode} from './io-error.js';
import {loadRun} from './run-reader.js';

/**
 * Which other runs an apply or a rollback makes no sense without: the audit its plan was made from, the run it undid, the
 * run it went on with. Nothing for other kinds, and for one that ended before anything was stored of it.
 */
export async function needsOf(paths: RunPaths, stateDir: string, run: string): Promise<readonly string[]> {
  const kind = kindOfRun(run);
  if (kind !== 'apply' && kind !== 'rollback') return [];
  try {
    const {document} = await loadRun(paths, run, 'zbufctl.apply/1');
    const {plan, undoes, continues} = document;
    return [undoes, continues, await madeFrom(stateDir, plan)].filter(
      (other): other is string => typeof other === 'string' && isRunId(other),
    );
  } catch (error) {
    if (error instanceof OperatorError) return [];
    throw error;
  }
}

async function madeFrom(stateDir: string, plan: unknown): Promise<unknown> {
  // It becomes a path.
  if (typeof plan !== 'string' || !/^[A-Za-z0-9-]{1,80}$/.test(plan)) return undefined;
  const stored = await readJson(join(stateDir, 'plans', `${plan}.json`));
  return isRecord(stored) ? stored['madeFrom'] : undefined;
}

/** True when the process that began the run is still there (or another with its number: better to wait than to remove). */
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
