import type {Socket} from 'node:net';

import type {Failure, Result} from '../../model/failure.js';
import {FAILURE_KINDS, fail, ok} from '../../model/failure.js';
import {wordOf} from '../../model/words.js';
import {sanitize} from '../../text/sanitize.js';

/** What the caller is asked to do. */
export type Question =
  | {readonly do: 'connect'; readonly host: string; readonly timeoutMs: number}
  | {
      readonly do: 'run';
      readonly host: string;
      /** For a clean /bin/sh, on its stdin. */
      readonly script: string;
      readonly timeoutMs: number;
      readonly maxBytes: number;
    };

/** What it answers when it could. */
export interface Answer {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly exitCode?: number;
  readonly user?: string;
  readonly port?: number;
}

/** Characters of one answer: base64 of the most a host may say, and words around it. */
const MOST = 48 * 1024 * 1024;
const MOST_STDERR = 64 * 1024;

/** Questions and answers, a line of JSON each, told apart by their number. */
export class Exchange {
  private readonly waiting = new Map<number, (answer: Result<Answer>) => void>();
  private last = 0;
  private partial: string[] = [];
  private length = 0;
  private gone: Failure | undefined;

  constructor(
    private readonly input: Socket,
    private readonly output: Socket,
  ) {
    input.setEncoding('utf8');
    input.on('data', (text: string) => {
      this.take(text);
    });
    input.on('error', () => undefined);
    input.on('close', () => {
      this.end(GONE);
    });
    output.on('error', () => {
      this.end(GONE);
    });
  }

  ask(question: Question, limitMs: number): Promise<Result<Answer>> {
    if (this.gone !== undefined) return Promise.resolve(fail(this.gone));
    const id = (this.last += 1);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        settle(fail(TOO_LATE));
      }, limitMs);
      const settle = (answer: Result<Answer>): void => {
        clearTimeout(timer);
        this.waiting.delete(id);
        resolve(answer);
      };
      this.waiting.set(id, settle);
      this.output.write(`${JSON.stringify({id, ...question})}\n`);
    });
  }

  close(): void {
    this.end(GONE);
    this.input.destroy();
    this.output.destroy();
  }

  private take(text: string): void {
    this.length += text.length;
    if (this.length > MOST) {
      this.end(NOT_UNDERSTOOD);
      this.input.destroy();
      return;
    }
    this.partial.push(text);
    if (!text.includes('\n')) return;
    const lines = this.partial.join('').split('\n');
    const rest = lines.pop() ?? '';
    this.partial = [rest];
    this.length = rest.length;
    for (const line of lines) this.answered(line);
  }

  private answered(line: string): void {
    const read = readAnswer(line);
    if (read === undefined) {
      this.end(NOT_UNDERSTOOD);
      return;
    }
    // An answer to a question that was given up comes too late.
    this.waiting.get(read.id)?.(read.answer);
  }

  private end(why: Failure): void {
    this.gone ??= why;
    for (const settle of [...this.waiting.values()]) settle(fail(why));
  }
}

/** An answer; undefined: it is not one. */
function readAnswer(
  line: string,
): {readonly id: number; readonly answer: Result<Answer>} | undefined {
  const value = parse(line);
  const id = value?.['id'];
  if (value === undefined || typeof id !== 'number') return undefined;
  if (value['ok'] === true) {
    const {stdout, stderr, exitCode, user, port} = value;
    const out = bytes(stdout);
    const err = bytes(stderr);
    if (out === undefined || err === undefined) return undefined;
    const answer: Answer = {
      stdout: out,
      stderr: err.subarray(0, MOST_STDERR),
      ...(Number.isSafeInteger(exitCode) ? {exitCode: exitCode as number} : {}),
      ...(typeof user === 'string' ? {user: sanitize(user, {limit: 100})} : {}),
      ...(isPort(port) ? {port} : {}),
    };
    return {id, answer: ok(answer)};
  }
  const kind = wordOf(FAILURE_KINDS, typeof value['kind'] === 'string' ? value['kind'] : '');
  const message = value['message'];
  if (value['ok'] !== false || kind === undefined || typeof message !== 'string') return undefined;
  const failure = {kind, message: sanitize(message.trim(), {limit: 500}), fix: LOOK};
  return {id, answer: fail(failure)};
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Base64; absent is nothing. */
function bytes(value: unknown): Buffer | undefined {
  if (value === undefined) return Buffer.alloc(0);
  return typeof value === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(value)
    ? Buffer.from(value, 'base64')
    : undefined;
}

const isPort = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) > 0 && Number(value) <= 65_535;

const LOOK = 'Reach the host the same way by hand, e.g. ansible -m ansible.builtin.raw -a true.';

const GONE: Failure = {
  kind: 'cut',
  message: 'whoever started zbufctl to reach the host is gone',
  fix: 'Run it again; what a script had done until then is not known.',
};

const TOO_LATE: Failure = {
  kind: 'timed-out',
  message: 'whoever started zbufctl did not answer for the host in time',
  fix: 'Raise --timeout, or see on the host what keeps it busy.',
};

const NOT_UNDERSTOOD: Failure = {
  kind: 'protocol',
  message: 'whoever started zbufctl gave an answer that cannot be understood',
  fix: 'Export the collection again with this version of zbufctl.',
};
