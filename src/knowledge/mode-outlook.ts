import type {ForkPattern, Service} from '../model/service.js';
import type {BufferMode, ObjectMode} from '../model/mode.js';

import type {EffectivePattern} from './effective-pattern.js';
import {forkClause} from './phrases.js';

/** Who the other process of a fork is: it decides whether a child may go without the buffers. */
const WITHOUT_BUFFERS: Readonly<Record<ForkPattern, 'fine' | 'dies' | 'unknown'>> = {
  none: 'fine',
  'fork-before-open': 'fine',
  'fork-exec-after-open': 'fine',
  'fork-helper-after-open': 'fine',
  'fork-child-captures': 'dies',
  'fork-both-capture': 'dies',
  unverified: 'unknown',
};

/**
 * What a fork does to a capture under a mode (fork-truth-table.md: buffer, and zbuf with SHARE and
 * NONE). Under `private` a child that reads the buffers dies, so every setting of the program must
 * be one in which no child does.
 */
export function underMode(
  mode: ObjectMode,
  service: Service,
  answer: EffectivePattern,
): EffectivePattern {
  const why = `${answer.why}; its buffer mode is ${mode}, ${SAYS[mode]}`;
  if (mode !== 'private')
    return {...answer, outlook: 'safe', worst: 'safe', certain: true, doubts: [], why};
  const here = WITHOUT_BUFFERS[answer.pattern];
  if (here === 'dies') return {...answer, outlook: 'breaks', worst: 'breaks', certain: true, why};
  const others = service.variants.map(({pattern}) => WITHOUT_BUFFERS[pattern]);
  const certain = service.verified && here === 'fine' && others.every((one) => one === 'fine');
  return {...answer, outlook: here === 'fine' ? 'safe' : 'unknown', certain, doubts: [], why};
}

const SAYS: Readonly<Record<ObjectMode, string>> = {
  buffered: 'in which a fork does no harm',
  inherit: 'in which a child shares the buffers and takes nothing away',
  private: 'in which a child does not have the buffers',
};

export interface Choice {
  readonly mode: BufferMode;
  /** One clause. */
  readonly why: string;
}

/** The mode that fits how a program forks, for `modes: auto`. */
export function fittingMode(service: Service, answer: EffectivePattern): Choice {
  const clause = forkClause(answer.pattern, answer.otherSide);
  const chose = (mode: BufferMode, because: string): Choice => ({
    mode,
    why: `${clause}: ${because}`,
  });
  if (answer.requestsZerocopy === 'never')
    return {mode: 'zbuf', why: 'it never asks for zero-copy'};
  if (answer.certain && answer.outlook === 'safe')
    return chose('zbuf', 'zero-copy does it no harm');
  const alone = underMode('private', service, answer);
  if (alone.certain && alone.outlook === 'safe')
    return chose('private', 'the helper must not hold the buffers');
  return chose('buffered', BUFFERED);
}

// A zero-copy daemon of pflogd's kind also does not stop on a quiet interface (facts:
// per-program-modes.md).
const BUFFERED = 'buffered, since it stops at once on a quiet interface, too';
