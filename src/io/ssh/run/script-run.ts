import {performance} from 'node:perf_hooks';

import type {Failure, Result} from '../../../model/failure.js';
import {fail, ok} from '../../../model/failure.js';
import type {Reply, RunOptions} from '../../../model/transport.js';
import type {Elevation} from './elevation.js';
import {interrupted, lostMidway, neverEnded, noCommand, tooMuch} from '../failures.js';
import {KeptOutput} from './kept-output.js';
import type {Line, ScriptChannel} from '../line.js';
import {heldInput, PtyFrame} from './pty-frame.js';
import type {PasswordAttempt, SecretQuestion, Secrets} from '../secrets.js';
import {TimeLimit} from '../time-limit.js';

/** What came of one attempt. */
export type Attempted =
  | {readonly state: 'ended'; readonly result: Result<Reply>}
  | {readonly state: 'no-terminal'} //                                  the server gives none
  | {readonly state: 'no-channel'; readonly failure: Failure} //        it lets us run nothing
  | {readonly state: 'wrong-password'; readonly question: SecretQuestion; readonly failure: Failure}
  | {readonly state: 'no-password'; readonly failure: Failure}; //      nobody gave one

export interface ScriptRunRequest {
  readonly link: Line;
  readonly script: string;
  readonly options: RunOptions;
  /** Absent: as the user we logged in as. */
  readonly elevation: Elevation | undefined;
  readonly secrets: Secrets;
}

/**
 * exec: the login shell is gone then, and with it what it would print at its end (EXIT traps,
 * session loggers).
 */
const PLAIN = 'exec /bin/sh -s';

/** One script on one exec channel. */
export class ScriptRun {
  private readonly begun = performance.now();
  private readonly limit: TimeLimit;
  private readonly frame: PtyFrame | undefined;
  private readonly output: KeptOutput;
  /** The script is running; until then output belongs to the elevation. */
  private running: boolean;
  private channel: ScriptChannel | undefined;
  private exit: Pick<Reply, 'exitCode' | 'signal'> = {};
  private loan: PasswordAttempt | undefined;
  private settled = false;
  private stopWatching: () => void = () => undefined;
  private resolve: (attempted: Attempted) => void = () => undefined;
  private reject: (error: unknown) => void = () => undefined;

  constructor(private readonly request: ScriptRunRequest) {
    const {elevation, options} = request;
    this.frame = elevation?.pty === true ? new PtyFrame() : undefined;
    this.running = elevation === undefined;
    this.output = new KeptOutput(options);
    this.limit = new TimeLimit(options.timeoutMs, () => {
      this.timeOut();
    });
  }

  start(): Promise<Attempted> {
    const {link, options} = this.request;
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
      this.stopWatching = link.whenLost((why) => {
        this.finish(fail(lostMidway(why)));
      });
      options.signal?.addEventListener('abort', this.abort);
      if (options.signal?.aborted === true) this.abort();
      if (!this.settled) this.open();
    });
  }

  private readonly abort = (): void => {
    this.finish(fail(interrupted));
  };

  private open(): void {
    const {link, elevation} = this.request;
    try {
      link.exec(elevation?.command ?? PLAIN, elevation?.pty === true, {
        opened: (channel) => {
          this.opened(channel);
        },
        refused: ({noTerminal, message}) => {
          if (noTerminal) this.settle({state: 'no-terminal'});
          else this.settle({state: 'no-channel', failure: noCommand(message)});
        },
        data: (from, chunk) => {
          this.take(from, chunk);
        },
        exit: (status) => {
          this.exit = status;
        },
        closed: () => {
          this.ended();
        },
      });
    } catch (error) {
      this.finish(fail(lostMidway((error as Error).message)));
    }
  }

  private opened(channel: ScriptChannel): void {
    if (this.settled) {
      channel.close();
      return;
    }
    this.channel = channel;
    if (this.running) this.send(channel);
  }

  private send(channel: ScriptChannel): void {
    const {script, options} = this.request;
    const held = options.endsWithInput === true;
    if (this.frame !== undefined) channel.write(this.frame.wrap(script, held));
    else if (held) channel.write(heldInput(0) + script);
    else channel.end(script);
  }

  private take(from: 'stdout' | 'stderr', chunk: Buffer): void {
    const {elevation} = this.request;
    if (this.settled) return;
    if (this.running || elevation === undefined) {
      if (this.output.keep(from, chunk)) this.flooded();
      return;
    }
    const seen = elevation.take(from, chunk);
    switch (seen.event) {
      case 'more':
        break;
      case 'prompt':
        this.answer(elevation).catch((error: unknown) => {
          this.crash(error);
        });
        break;
      case 'again':
        this.refusedPassword(elevation);
        break;
      case 'flooded':
        this.flooded();
        break;
      case 'ready':
        this.loan?.settle('accepted');
        this.running = true;
        if (seen.rest.length > 0 && this.output.keep('stdout', seen.rest)) this.flooded();
        else if (this.channel !== undefined) this.send(this.channel);
    }
  }

  private async answer(elevation: Elevation): Promise<void> {
    const {secrets} = this.request;
    const answer = await this.limit.pausedFor(() => secrets.passwordFor(elevation.question()));
    if (answer.state !== 'answer') {
      const what =
        answer.state === 'nobody'
          ? 'it asks for a password and there is nobody to ask'
          : 'it refused several passwords, and no other is tried';
      this.settle({state: 'no-password', failure: elevation.failure(what)});
      return;
    }
    if (elevation.answerDelayMs > 0)
      await new Promise((resolve) => setTimeout(resolve, elevation.answerDelayMs));
    if (this.settled) answer.settle('undecided');
    else {
      this.loan = answer;
      this.channel?.write(`${answer.value.split(/[\r\n]/)[0] ?? ''}\n`);
    }
  }

  private refusedPassword(elevation: Elevation): void {
    this.loan?.settle('refused');
    const failure = elevation.failure('the password is wrong');
    this.settle({state: 'wrong-password', question: elevation.question(), failure});
  }

  private flooded(): void {
    this.finish(fail(tooMuch(this.request.options.maxBytes)));
    this.request.link.destroy();
  }

  private timeOut(): void {
    const {elevation, options} = this.request;
    const waiting = this.running ? undefined : elevation;
    this.finish(
      fail(
        waiting?.failure(`nothing more came within ${options.timeoutMs / 1000} s`) ??
          neverEnded(options.timeoutMs),
      ),
    );
  }

  /** The channel is closed, and not because the connection is lost. */
  private ended(): void {
    const {elevation} = this.request;
    if (!this.running && elevation !== undefined) {
      // Refused for another reason, the password may still be right: nobody is to type it again for
      // that.
      if (elevation.isWrongPassword()) this.refusedPassword(elevation);
      else this.finish(fail(elevation.failure()));
      return;
    }
    const {stdout, stderr} = this.output;
    const durationMs = performance.now() - this.begun;
    this.finish(
      ok(
        this.frame === undefined
          ? {stdout, stderr, ...this.exit, durationMs}
          : {...this.frame.unwrap(stdout), durationMs},
      ),
    );
  }

  private finish(result: Result<Reply>): void {
    this.settle({state: 'ended', result});
  }

  private settle(attempted: Attempted): void {
    if (this.settled) return;
    this.cleanUp();
    if (attempted.state !== 'ended' || !attempted.result.ok) this.channel?.close();
    this.resolve(attempted);
  }

  /** A defect of ours or of the prompter: not the host's, so it is no Failure. */
  private crash(error: unknown): void {
    this.cleanUp();
    this.channel?.close();
    this.reject(error);
  }

  private cleanUp(): void {
    this.settled = true;
    this.limit.stop();
    this.stopWatching();
    this.request.options.signal?.removeEventListener('abort', this.abort);
    this.loan?.settle('undecided');
  }
}
