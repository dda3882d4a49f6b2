import {spawn} from 'node:child_process';
import type {ChildProcessByStdio} from 'node:child_process';
import type {Readable} from 'node:stream';

import type {Connection} from '../../../model/evidence.js';
import type {Failure, Result} from '../../../model/failure.js';
import {fail, ok} from '../../../model/failure.js';
import type {ConnectOptions} from '../../../model/transport.js';
import {interrupted, tooManyFiles} from '../failures.js';
import type {Secrets} from '../secrets.js';
import type {Target} from '../target.js';
import {TimeLimit} from '../time-limit.js';
import type {KnownKey} from '../trust/known-hosts.js';
import {Answers} from './answers.js';
import {READY} from './arguments.js';
import type {AskServer} from './ask-server.js';
import {refusedKey} from './host-key-words.js';
import {LineReader} from './line-reader.js';
import {MasterLog} from './master-log.js';
import type {MasterStage} from './master-log.js';
import {OpenLink} from './open-link.js';
import {endGroup} from './private-folder.js';
import type {PrivateFolder} from './private-folder.js';
import {refusedLogin} from './login-words.js';
import {tooLate, whyNot} from './why-not.js';
import type {Ended} from './why-not.js';

/** What it takes to have a connection held. */
export interface MasterMeans {
  readonly args: readonly string[];
  readonly target: Target;
  readonly known: readonly KnownKey[];
  readonly proxy: Ended['proxy'];
  /** The jump hosts on the way, for the evidence. */
  readonly via: readonly string[];
  readonly socket: string;
  readonly folder: PrivateFolder;
  readonly secrets: Secrets;
  /** Absent: nobody is asked. */
  readonly asks: AskServer | undefined;
  readonly environment: NodeJS.ProcessEnv;
  readonly options: ConnectOptions;
  readonly say: (message: string) => void;
  /** Called when the key exchange is over, well or badly. */
  readonly onExchanged: () => void;
}

/** Starts an ssh(1) that holds the connection to a host, and waits until it is in. */
export const startMaster = (means: MasterMeans): Promise<Result<OpenLink>> =>
  new Master(means).start();

class Master {
  private readonly log = new MasterLog();
  private readonly answers: Answers;
  private child: ChildProcessByStdio<null, Readable, Readable> | undefined;
  private limit: TimeLimit;
  private link: OpenLink | undefined;
  private ready = '';
  private settled = false;
  private stopListening = (): void => undefined;
  private resolve: (result: Result<OpenLink>) => void = () => undefined;
  private reject: (error: unknown) => void = () => undefined;

  constructor(private readonly means: MasterMeans) {
    const {target, secrets, say} = means;
    this.answers = new Answers({target, secrets, say, limit: () => this.limit});
    this.limit = this.limited(means.options.connectTimeoutMs);
  }

  start(): Promise<Result<OpenLink>> {
    const {signal} = this.means.options;
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
      signal?.addEventListener('abort', this.abort);
      if (signal?.aborted === true) this.abort();
      else this.spawn();
    });
  }

  private readonly abort = (): void => {
    this.finish(fail(interrupted));
  };

  private limited(ms: number): TimeLimit {
    return new TimeLimit(ms, () => {
      this.finish(fail(tooLate(this.ended(), ms)));
    });
  }

  private spawn(): void {
    const {args, folder, asks, environment} = this.means;
    const listening = asks?.listenTo((question) => this.ask(question));
    this.stopListening = listening?.stop ?? this.stopListening;
    const child = spawn('ssh', args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Without a terminal: ssh asks through us or not at all.
      detached: true,
      env: {...environment, ...listening?.environment},
    });
    this.child = child;
    folder.mind(child);
    child.stdout.on('data', (chunk: Buffer) => {
      this.ready = (this.ready + chunk.toString('latin1')).slice(-2 * READY.length);
      this.succeedWhenIn();
    });
    const lines = new LineReader();
    child.stderr.on('data', (chunk: Buffer) => {
      this.read(lines.take(chunk));
    });
    let how = 'ssh ended';
    child.on('error', (error: NodeJS.ErrnoException) => {
      how = error.message;
      if (error.code === 'EMFILE' || error.code === 'ENFILE')
        this.finish(fail(tooManyFiles(this.means.target)));
    });
    child.on('exit', (code, by) => {
      how = by === null ? `ssh ended with status ${code ?? 0}` : `ssh was ended by ${by}`;
      // A ProxyCommand that stays would keep our end of stderr open.
      endGroup(child.pid, 'SIGTERM');
    });
    child.on('close', () => {
      this.finish(fail(whyNot({...this.ended(), how})));
    });
  }

  private read(lines: readonly string[]): void {
    const before = this.log.stage;
    let anythingCame = false;
    for (const line of lines) anythingCame = this.log.take(line) || anythingCame;
    this.link?.hear(anythingCame);
    if (this.settled) return;
    if (before === 'connect' && this.log.stage !== 'connect') {
      this.limit.stop();
      this.limit = this.limited(this.means.options.authTimeoutMs);
    }
    if (this.log.stage === 'login') this.means.onExchanged();
    this.tellStage(before);
    this.succeedWhenIn();
  }

  private tellStage(before: MasterStage): void {
    const {stage} = this.log;
    const {onStage} = this.means.options;
    if (stage === before) return;
    if (before === 'connect') onStage?.('connected');
    if (stage === 'login') onStage?.('trusted');
  }

  private async ask(question: Parameters<Answers['answer']>[0]): Promise<string | undefined> {
    try {
      const answer = await this.answers.answer(question);
      // Given nothing, ssh would send an empty password: it must not go on.
      if (answer === undefined && question.hint !== 'none')
        this.finish(
          fail(refusedLogin(this.ended()) ?? whyNot({...this.ended(), how: 'unanswered'})),
        );
      return this.settled ? undefined : answer;
    } catch (error) {
      this.crash(error);
      return undefined;
    }
  }

  private succeedWhenIn(): void {
    const {child} = this;
    if (this.settled || child === undefined) return;
    if (!this.log.entered || !this.ready.includes(READY)) return;
    const {target, folder, socket} = this.means;
    const notKept = refusedKey({...this.ended(), log: this.log});
    if (notKept !== undefined) {
      this.finish(fail(notKept));
      return;
    }
    this.link = new OpenLink({
      child,
      log: this.log,
      target,
      connection: this.connection(),
      socket,
      folder,
    });
    this.finish(ok(this.link));
  }

  private connection(): Connection {
    const {log} = this;
    const {target, via} = this.means;
    return {
      user: log.login?.user ?? target.user,
      port: log.login?.port ?? target.port,
      ...(log.hostKey === undefined
        ? {}
        : {hostKeyFingerprint: log.hostKey.fingerprint, hostKeyType: log.hostKey.type}),
      ...(log.authentication === undefined ? {} : {authentication: log.authentication}),
      via,
    };
  }

  private ended(): Omit<Ended, 'how'> {
    const {target, known, proxy, asks} = this.means;
    const {unanswered, withheld, answered} = this.answers;
    return {
      target,
      known,
      log: this.log,
      ...(proxy === undefined ? {} : {proxy}),
      mayAsk: asks !== undefined,
      answered,
      withheld,
      ...(unanswered === undefined ? {} : {unanswered}),
    };
  }

  private finish(result: Result<OpenLink>): void {
    if (this.settled) return;
    this.answers.settle(outcomeOf(result.ok ? undefined : result.error));
    this.cleanUp(result.ok);
    this.resolve(result);
  }

  /** A defect of ours or of the prompter: not the host's, so it is no Failure. */
  private crash(error: unknown): void {
    if (this.settled) return;
    this.answers.settle('undecided');
    this.cleanUp(false);
    this.reject(error);
  }

  private cleanUp(keep: boolean): void {
    this.settled = true;
    this.limit.stop();
    this.stopListening();
    this.means.options.signal?.removeEventListener('abort', this.abort);
    this.means.onExchanged();
    if (!keep) endGroup(this.child?.pid, 'SIGTERM');
  }
}

/** What the end of a login says of the secrets that were lent for it. */
const outcomeOf = (failure: Failure | undefined): 'accepted' | 'refused' | 'undecided' => {
  if (failure === undefined) return 'accepted';
  return failure.kind === 'auth' ? 'refused' : 'undecided';
};
