import {chmod, link, open, readdir, readFile, rm} from 'node:fs/promises';
import {randomBytes} from 'node:crypto';
import {join} from 'node:path';

import {OperatorError} from '../../model/operator-error.js';
import type {Plan} from '../../model/plan.js';
import {canonicalJson} from '../../text/canonical-json.js';
import {isPlanId, isShortPlanId} from '../../text/plan-id.js';
import {sanitize} from '../../text/sanitize.js';

import {syncDirectory, writeFileAtomically} from '../files/atomic-write.js';
import {errorCode, explained} from '../files/io-error.js';
import {makeFolder} from '../files/make-folder.js';
import {readGivenFile} from '../files/given-file.js';

const PLAN_FILE = /^(plan-[^.]+)\.json$/;
/** How many candidates an ambiguity names. */
const NAMED = 8;

/** A saved plan's bytes, and what messages call it. Not yet checked: see readPlan. */
export interface StoredPlan {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * The plans below a state directory: `plans/<id>.json`, 0600 in a directory of 0700, and
 * `<id>.used` once one was applied.
 */
export class PlanStore {
  readonly folder: string;

  constructor(stateDir: string) {
    this.folder = join(stateDir, 'plans');
  }

  /** Saves a plan whole or not at all. @returns the path */
  async save(plan: Plan): Promise<string> {
    const path = join(this.folder, `${checked(plan.id)}.json`);
    return explained(`cannot save the plan in ${this.folder}`, async () => {
      await this.makeFolder();
      await writeFileAtomically(path, canonicalJson(plan));
      await syncDirectory(this.folder);
      return path;
    });
  }

  /** Saves a signature of the saved plan beside it. @returns the path */
  async saveSignature(id: string, armored: string): Promise<string> {
    const path = join(this.folder, `${checked(id)}.json.sig`);
    return explained(`cannot save the signature in ${this.folder}`, async () => {
      await writeFileAtomically(path, armored);
      await syncDirectory(this.folder);
      return path;
    });
  }

  /**
   * The plan meant by a path, an id, the start of one, or `latest`. Throws OperatorError when there
   * is none, or more than one.
   */
  async resolve(word: string): Promise<StoredPlan> {
    const isPath = word.includes('/') || word.endsWith('.json');
    if (isPath) return {name: word, bytes: await readGivenFile(word)};
    if (isShortPlanId(word)) {
      throw new OperatorError(
        `${word} is a plan of an older zbufctl: an id of 16 bits does not vouch for what is in it`,
        'Plan again.',
        5,
      );
    }
    const ids = await this.ids();
    const matches =
      word === 'latest'
        ? ids.slice(-1)
        : word === ''
          ? []
          : ids.filter((id) => startsWith(id, word));
    const [only] = matches;
    if (only === undefined) {
      throw new OperatorError(
        `no plan "${sanitize(word, {limit: 80})}" in ${this.folder}`,
        'zbufctl plan makes one and says its id; a file is named with its path.',
      );
    }
    if (matches.length > 1) {
      const more = matches.length > NAMED ? ` and ${matches.length - NAMED} older ones` : '';
      throw new OperatorError(
        `"${sanitize(word, {limit: 80})}" is the start of ${matches.length} plans: ${matches.slice(-NAMED).join(', ')}${more}`,
        'The id is ambiguous: type more of it.',
      );
    }
    const path = join(this.folder, `${only}.json`);
    return {name: path, bytes: await readGivenFile(path)};
  }

  /** Ids of the saved plans, oldest first. */
  ids(): Promise<readonly string[]> {
    return explained(`cannot read ${this.folder}`, async () => {
      const names = await readdir(this.folder).catch((error: unknown) => {
        if (errorCode(error) === 'ENOENT') return [];
        throw error;
      });
      return names
        .flatMap((name) => PLAN_FILE.exec(name)?.[1] ?? [])
        .filter(isPlanId)
        .sort();
    });
  }

  /**
   * Marks a plan as used by a run, once: of two controllers at the same time one gets `undefined`,
   * the other the first's run.
   * @returns the run that used it before; undefined: none had
   */
  async markUsed(id: string, run: string): Promise<string | undefined> {
    const path = join(this.folder, `${checked(id)}.used`);
    return explained(`cannot mark the plan as used in ${this.folder}`, async () => {
      await this.makeFolder();
      // Written whole beside it and then linked, so that whoever finds the mark also finds the run
      // in it.
      const temporary = join(this.folder, `.${id}.${randomBytes(6).toString('hex')}.tmp`);
      try {
        const handle = await open(temporary, 'wx', 0o600);
        try {
          await handle.writeFile(`${run}\n`);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await link(temporary, path);
        await syncDirectory(this.folder);
        return undefined;
      } catch (error) {
        if (errorCode(error) !== 'EEXIST') throw error;
        return await this.usedBy(id);
      } finally {
        await rm(temporary, {force: true});
      }
    });
  }

  /** The run that used a plan; undefined: none has. */
  async usedBy(id: string): Promise<string | undefined> {
    return explained(`cannot read ${this.folder}`, async () => {
      try {
        return (await readFile(join(this.folder, `${checked(id)}.used`), 'utf8')).trim();
      } catch (error) {
        if (errorCode(error) === 'ENOENT') return undefined;
        throw error;
      }
    });
  }

  private async makeFolder(): Promise<void> {
    await makeFolder(this.folder);
    await chmod(this.folder, 0o700);
  }
}

/** `plan-20261124T08` and `20261124T08` mean the same. */
const startsWith = (id: string, word: string): boolean =>
  id.startsWith(word) || id.startsWith(`plan-${word}`);

/** Ids become paths: nothing else may. */
function checked(id: string): string {
  if (!isPlanId(id))
    throw new OperatorError(
      `"${sanitize(id, {limit: 80})}" is not a plan id`,
      'Name a plan as zbufctl plan does.',
    );
  return id;
}
