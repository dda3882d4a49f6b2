import {judgeQuestions} from '../../app/evidence/judge-questions.js';
import type {Basis} from '../../app/evidence/judge-stretch.js';
import {serve} from '../../io/threads/thread.js';

/** A thread that judges stored evidence: see judges.ts. */
serve((basis) => judgeQuestions(basis as Basis));
