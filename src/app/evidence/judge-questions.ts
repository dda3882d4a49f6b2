import type {Basis, KeptRecord, ReadStretch, ToJudge} from './judge-stretch.js';
import {judgeHere} from './judge-stretch.js';

/** Records on their way to another thread: their bytes one after the other, and where each ends. */
export interface SentRecords {
  readonly names: readonly string[];
  readonly ends: readonly number[];
  readonly bytes: ArrayBuffer;
}

/** What a thread that judges is asked. */
export type JudgeQuestion =
  | {readonly kind: 'read'; readonly stretch: number; readonly records: SentRecords}
  | {
      readonly kind: 'judge';
      readonly stretch: number;
      readonly hosts: readonly (ToJudge | undefined)[];
    };

export function sentRecords(records: readonly KeptRecord[]): SentRecords {
  const bytes = new Uint8Array(records.reduce((sum, one) => sum + one.bytes.length, 0));
  const ends: number[] = [];
  let end = 0;
  for (const one of records) {
    bytes.set(one.bytes, end);
    end += one.bytes.length;
    ends.push(end);
  }
  return {names: records.map(({name}) => name), ends, bytes: bytes.buffer};
}

export const receivedRecords = ({names, ends, bytes}: SentRecords): readonly KeptRecord[] =>
  names.map((name, i) => {
    const begin = ends[i - 1] ?? 0;
    return {name, bytes: new Uint8Array(bytes, begin, (ends[i] ?? begin) - begin)};
  });

/** Answers what `StretchJudge` asks, on the other side: results of reading, hosts judged. */
export function judgeQuestions(basis: Basis): (question: unknown) => Promise<unknown> {
  const judge = judgeHere(basis);
  const read = new Map<number, ReadStretch>();
  return async (asked) => {
    const question = asked as JudgeQuestion;
    if (question.kind === 'judge') {
      const stretch = read.get(question.stretch);
      read.delete(question.stretch);
      return stretch?.judge(question.hosts);
    }
    const stretch = await judge.read(receivedRecords(question.records));
    read.set(question.stretch, stretch);
    return stretch.results;
  };
}
