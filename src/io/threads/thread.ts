import {availableParallelism} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {isMainThread, parentPort, Worker, workerData} from 'node:worker_threads';

import {tuneForThreads, YOUNG_MB} from '../engine.js';

/** Bytes that go to the other side instead of being copied. */
type Moved = readonly ArrayBuffer[];

/** Work that another thread of this program does, with some 70 MB of memory. */
export interface Thread {
  /** Rejects when the thread failed, or ended. */
  ask(question: unknown, moved?: Moved): Promise<unknown>;
  end(): Promise<void>;
}

/** Each takes some 40 MB. */
const MOST = 4;

/** How many threads are worth starting; 0: the work is done where it is. */
export function worthwhileThreads(): number {
  const cores = availableParallelism();
  return cores < 2 || !isMainThread || builtFolder() === undefined ? 0 : Math.min(cores, MOST);
}

/** Where the built program stands; undefined: this is the source, and tests run it. */
function builtFolder(): string | undefined {
  const [, folder] = /^(.*[/\\]dist)[/\\]src[/\\]/.exec(fileURLToPath(import.meta.url)) ?? [];
  return folder;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: unknown;
}

/**
 * Starts a thread.
 * @param entry a source file that calls `serve`, without `.ts`; the build has to know it
 * @param data what the thread begins with
 */
export function startThread(entry: string, data: unknown): Thread {
  tuneForThreads();
  const worker = new Worker(join(builtFolder() ?? '', `${entry}.cjs`), {
    workerData: data,
    // What one piece of work leaves is soon garbage; given more room, it would stay there longer.
    resourceLimits: {maxYoungGenerationSizeMb: 3 * YOUNG_MB, maxOldGenerationSizeMb: 64},
  });
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  let failure: Error | undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    for (const {reject} of waiting.values()) reject(failure);
    waiting.clear();
  };
  worker.on('error', fail);
  worker.on('exit', () => {
    fail(new Error(`a thread of ${entry} ended`));
  });
  worker.on('message', ({id, value, error}: Answer) => {
    const one = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) one?.resolve(value);
    else one?.reject(error);
  });
  return {
    ask: (question, moved = []) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) {
          reject(failure);
          return;
        }
        asked += 1;
        waiting.set(asked, {resolve, reject});
        worker.postMessage({id: asked, question}, [...moved]);
      }),
    end: async () => {
      await worker.terminate();
    },
  };
}

/** The other side: answers what is asked. */
export function serve(open: (data: unknown) => (question: unknown) => Promise<unknown>): void {
  const port = parentPort;
  if (port === null) throw new Error('this is not a thread');
  const answer = open(workerData);
  port.on('message', ({id, question}: {readonly id: number; readonly question: unknown}) => {
    answer(question).then(
      (value) => {
        port.postMessage({id, value});
      },
      (error: unknown) => {
        port.postMessage({id, error});
      },
    );
  });
}
