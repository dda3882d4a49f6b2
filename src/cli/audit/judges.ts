import type {JudgeQuestion} from '../../app/evidence/judge-questions.js';
import {sentRecords} from '../../app/evidence/judge-questions.js';
import type {Basis, ReadStretch, StretchJudge, Told} from '../../app/evidence/judge-stretch.js';
import type {PackedHosts} from '../../app/evidence/packed-hosts.js';
import type {Thread} from '../../io/threads/thread.js';
import {startThread} from '../../io/threads/thread.js';

/** Stretches a thread has at a time: one to work on, one to go on with. */
const AHEAD = 2;

/** A thread has little memory. What only a hostile host says is judged where there is more. */
const LARGEST = 2 * 1024 * 1024;

/** Who judges the stretches of stored evidence. */
export interface Judges {
  /** Who takes the next stretch, which is so many bytes long. */
  next(bytes: number): StretchJudge;
  /** How many stretches may be on their way. */
  readonly most: number;
  close(): Promise<void>;
}

/**
 * Opens judges for stretches of evidence.
 * @param threads how many; 0: all is judged in this thread
 */
export function openJudges(basis: Basis, threads: number): Judges {
  if (threads > 0) return judgesInThreads(basis, threads);
  const here = inThisThread(basis);
  return {next: () => here, most: 1, close: () => Promise.resolve()};
}

/** The validator comes with it, which nobody needs who judges in threads. */
function inThisThread(basis: Basis): StretchJudge {
  let judge: Promise<StretchJudge> | undefined;
  const open = async (): Promise<StretchJudge> =>
    (await import('../../app/evidence/judge-stretch.js')).judgeHere(basis);
  return {read: async (records) => (await (judge ??= open())).read(records)};
}

function judgesInThreads(basis: Basis, count: number): Judges {
  const here = inThisThread(basis);
  const threads = Array.from({length: count}, () =>
    startThread('src/cli/audit/judge-thread', basis),
  );
  let taken = 0;
  return {
    next: (bytes) => {
      if (bytes > LARGEST) return here;
      taken += 1;
      const thread = threads[taken % count];
      return thread === undefined ? here : inThread(thread, taken, here);
    },
    most: count * AHEAD,
    close: async () => {
      await Promise.all(threads.map((thread) => thread.end()));
    },
  };
}

/**
 * Judges in a thread, and what made the thread end (memory, as a rule) where there is more: one
 * record must not end the run.
 */
export function inThread(thread: Thread, stretch: number, here: StretchJudge): StretchJudge {
  const ask = (question: JudgeQuestion, moved: readonly ArrayBuffer[] = []): Promise<unknown> =>
    thread.ask(question, moved);
  return {
    read: async (kept): Promise<ReadStretch> => {
      const records = sentRecords(kept);
      try {
        const results = await ask({kind: 'read', stretch, records}, [records.bytes]);
        return {
          results: results as readonly Told[],
          judge: async (hosts) => {
            try {
              return (await ask({kind: 'judge', stretch, hosts})) as PackedHosts;
            } catch {
              return (await here.read(kept)).judge(hosts);
            }
          },
        };
      } catch {
        return here.read(kept);
      }
    },
  };
}
