import {performance} from 'node:perf_hooks';

import type {ClientChannel, ExecOptions} from 'ssh2';

import type {Failure, Result} from '../../model/failure.js';
import {fail, ok} from '../../model/failure.js';
import type {Reply, RunOptions} from '../../model/transport.js';
import {sanitize} from '../../text/sanitize.js';
import type {Elevation} from './elevation.js';
import {interrupted, lostMidway} from './failures.js';
import type {Link} from './link.js';
import {PtyFrame} from './pty-frame.js';
import type {Loan, Secrets} from './secrets.js';
import {TimeLimit} from './time-limit.js';

/** Bytes of stderr that are kept (RunOptions, Reply). */
const STDERR_KEPT = 64 * 1024;
/** Every mode off that would change, echo or interpret a byte (RFC 4254, section 8). */
const RAW_TERMINAL = {
  ...Object.fromEntries(
    [
      ...['INLCR', 'IGNCR', 'ICRNL', 'ISTRIP', 'IXON', 'IXANY', 'IXOFF', 'IMAXBEL', 'PARMRK', 'INPCK'],
      ...['ISIG', 'ICANON', 'ECHO', 'ECHOE', 'ECHOK', 'ECHONL', 'ECHOCTL', 'ECHOKE', 'IEXTEN'],
      ...['OPOST', 'ONLCR', 'OCRNL', 'ONOCR', 'ONLRET', 'PARENB'],
    ].map((mode) => [mode, 0]),
  ),
  CS8: 1,
};

/** The server does not give us a terminal. */
export const noTerminal = Symbol('no terminal');

export interface ScriptRunRequest {
  readonly link: Link;
  readonly script: string;
  readonly options: RunOptions;
  /** Absent: as the user we logged in as. */
  readonly elevation: Elevation | undefined;
  readonly secrets: Secrets;
  readonly sharePasswords: boolean;
}

/** One script on one exec channel. */
export class ScriptRun {
  private readonly begun = performance.now();
  private readonly limit: TimeLimit;
  private readonly frame: PtyFrame | undefined;
  private readonly stdout: Buffer[] = [];
  private readonly stderr: Buffer[] = [];
  private stdoutBytes = 0;
  private stderrBytes = 0;
  /** The script is running; until then output belongs to the elevation. */
  private running: boolean;
  private channel: ClientChannel | undefined;
  private exit: {exitCode?: number; signal?: string} = {};
  private loan: Loan | undefined;
  private settled = false;
  private stopWatching: () => void = () => undefined;
  private resolve: (result: Result<Reply> | typeof noTerminal) => void = () => undefined;

  constructor(private readonly request: ScriptRunRequest) {
    const {elevation, options} = request;
    this.frame = elevation?.pty === true ? new PtyFrame() : undefined;
    this.running = elevation === undefined;
    this.limit = new TimeLimit(options.timeoutMs, () => {
      this.timeOut();
    });
  }

  start(): Promise<Result<Reply> | typeof noTerminal> {
    const {link, options} = this.request;
    return new Promise((resolve) => {
      this.resolve = resolve;
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
    const {link, elevation, script} = this.request;
    const options: ExecOptions =
      elevation?.pty === true ? {pty: {modes: RAW_TERMINAL, cols: 200, rows: 24} as never} : {};
    try {
      link.client.exec(elevation?.command ?? '/bin/sh -s', options, (error, channel) => {
        if (error !== undefined) this.refused(error);
        else if (this.settled) channel.close();
        else this.attach(channel, script);
      });
    } catch (error) {
      this.finish(fail(lostMidway((error as Error).message)));
    }
  }

  private refused(error: Error): void {
    if (error.message.includes('pseudo-terminal')) this.finish(noTerminal);
    else
      this.finish(
        fail({
          kind: 'protocol',
          message: `the host does not let us run a command: ${sanitize(error.message, {limit: 200})}`,
          fix: 'Check ForceCommand, MaxSessions and the login shell of the user on the host.',
        }),
      );
  }

  private attach(channel: ClientChannel, script: string): void {
    this.channel = channel;
    channel.on('data', (chunk: Buffer) => {
      this.take('stdout', chunk);
    });
    channel.stderr.on('data', (chunk: Buffer) => {
      this.take('stderr', chunk);
    });
    channel.on('exit', (code: number | null, signal?: string) => {
      this.exit = {...(code === null ? {} : {exitCode: code}), ...(signal === undefined ? {} : {signal})};
    });
    // A host that closes the channel while we write is not an error by itself.
    channel.on('error', () => undefined);
    channel.on('close', () => {
      this.ended();
    });
    if (this.running) channel.end(script);
  }

  private take(from: 'stdout' | 'stderr', chunk: Buffer): void {
    const {elevation, script} = this.request;
    if (this.settled) return;
    if (this.running || elevation === undefined) {
      this.keep(from, chunk);
      return;
    }
    const seen = elevation.take(from, chunk);
    switch (seen.event) {
      case 'more':
        break;
      case 'prompt':
        void this.answer(elevation);
        break;
      case 'again':
        this.loan?.settle('refused');
        this.finish(fail(elevation.failure('the password is wrong')));
        break;
      case 'flooded':
        this.flooded();
        break;
      case 'ready':
        this.loan?.settle('accepted');
        this.running = true;
        if (seen.rest.length > 0) this.keep('stdout', seen.rest);
        if (this.frame === undefined) this.channel?.end(script);
        else this.channel?.write(this.frame.wrap(script));
    }
  }

  private async answer(elevation: Elevation): Promise<void> {
    const {secrets, sharePasswords} = this.request;
    const answer = await this.limit.pausedFor(() => secrets.borrow(elevation.question(sharePasswords)));
    if (answer.state !== 'answer') {
      const what =
        answer.state === 'nobody'
          ? 'it asks for a password and there is nobody to ask'
          : 'the shared password was refused before and is not sent again';
      this.finish(fail(elevation.failure(what)));
    } else if (this.settled) answer.settle('undecided');
    else {
      this.loan = answer;
      this.channel?.write(`${answer.value.split(/[\r\n]/)[0] ?? ''}\n`);
    }
  }

  private keep(from: 'stdout' | 'stderr', chunk: Buffer): void {
    const {maxBytes, onBytes} = this.request.options;
    if (from === 'stdout') {
      this.stdoutBytes += chunk.length;
      onBytes?.(this.stdoutBytes);
      if (this.stdoutBytes <= maxBytes) this.stdout.push(chunk);
    } else {
      if (this.stderrBytes < STDERR_KEPT) this.stderr.push(chunk.subarray(0, STDERR_KEPT - this.stderrBytes));
      this.stderrBytes += chunk.length;
    }
    if (Math.max(this.stdoutBytes, this.stderrBytes) > Math.max(maxBytes, STDERR_KEPT)) this.flooded();
  }

  private flooded(): void {
    this.finish(
      fail({
        kind: 'flooded',
        message: `the host sent more than the allowed ${this.request.options.maxBytes} bytes and was cut off`,
        fix: 'Look at the host by hand: its answer is normally far smaller.',
      }),
    );
    this.request.link.destroy();
  }

  private timeOut(): void {
    const {elevation, options} = this.request;
    const seconds = options.timeoutMs / 1000;
    const waiting = !this.running && elevation !== undefined;
    this.finish(
      fail<Failure>(
        waiting
          ? elevation.failure(`nothing more came within ${seconds} s`)
          : {
              kind: 'timed-out',
              message: `the script did not end within ${seconds} s`,
              fix: 'Raise --timeout, or see on the host what keeps it busy.',
            },
      ),
    );
  }

  /** The channel is closed, and not because the connection is lost. */
  private ended(): void {
    const {elevation} = this.request;
    if (!this.running && elevation !== undefined) {
      this.loan?.settle('refused');
      this.finish(fail(elevation.failure()));
      return;
    }
    const stdout = Buffer.concat(this.stdout);
    const durationMs = performance.now() - this.begun;
    this.finish(
      ok(
        this.frame === undefined
          ? {stdout, stderr: Buffer.concat(this.stderr), ...this.exit, durationMs}
          : {...this.frame.unwrap(stdout), durationMs},
      ),
    );
  }

  private finish(result: Result<Reply> | typeof noTerminal): void {
    if (this.settled) return;
    this.settled = true;
    this.limit.stop();
    this.stopWatching();
    this.request.options.signal?.removeEventListener('abort', this.abort);
    this.loan?.settle('undecided');
    if (result !== noTerminal && !result.ok) this.channel?.close();
    this.resolve(result);
  }
}
