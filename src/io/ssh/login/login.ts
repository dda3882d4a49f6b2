import type {Duplex} from 'node:stream';

import ssh2 from 'ssh2';

import type {Result} from '../../../model/failure.js';
import {fail, ok} from '../../../model/failure.js';
import type {ConnectOptions} from '../../../model/transport.js';
import {OFFERED} from '../algorithms.js';
import {Authentication} from './authentication.js';
import type {LoginMeans} from './authentication.js';
import {interrupted, tooSlow} from '../failures.js';
import type {Stage} from '../failures.js';
import type {HostKeyCheck} from '../trust/host-key-check.js';
import {hangUp, Link} from '../link.js';
import {explain} from './login-errors.js';
import {ignoreOfferedKeys} from './offered-keys.js';
import type {KeepAlive} from '../options.js';
import {TimeLimit} from '../time-limit.js';

/** What it takes to turn an open stream into an authenticated connection. */
export interface LoginRequest extends Omit<LoginMeans, 'limit'> {
  readonly stream: Duplex;
  readonly hostKey: HostKeyCheck;
  readonly options: ConnectOptions;
  readonly keepAlive: KeepAlive;
  /** The jump hosts on the way, for the evidence. */
  readonly via: readonly string[];
  /** Called when the key exchange is over, well or badly. */
  readonly onExchanged: () => void;
}

/** Enough to recognise what answers; a greeting line is at most 255 bytes (RFC 4253, 4.2). */
const LISTEN_TO = 512;

/** Key exchange, host key, authentication. The stream is ended when it fails. */
export const logIn = (request: LoginRequest): Promise<Result<Link>> => new Login(request).start();

/** ssh2's word for keepalive questions that were not answered. */
const isSilence = (error: Error & {readonly level?: string}): boolean =>
  error.level === 'client-timeout';

class Login {
  private readonly client = new ssh2.Client();
  private readonly limit: TimeLimit;
  private readonly authentication: Authentication;
  private stage: Stage = 'greeting';
  /** What came before the SSH greeting. */
  private said = '';
  private link: Link | undefined;
  private settled = false;
  private resolve: (result: Result<Link>) => void = () => undefined;
  private reject: (error: unknown) => void = () => undefined;

  constructor(private readonly request: LoginRequest) {
    const {target, options} = request;
    this.limit = new TimeLimit(options.authTimeoutMs, () => {
      this.finish(fail(tooSlow(target, this.stage, options.authTimeoutMs)));
    });
    this.authentication = new Authentication(
      {...request, limit: this.limit},
      () => {
        this.finish(fail(this.authentication.failure()));
      },
      (error) => {
        this.crash(error);
      },
    );
  }

  start(): Promise<Result<Link>> {
    const {signal} = this.request.options;
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
      signal?.addEventListener('abort', this.abort);
      if (signal?.aborted === true) this.abort();
      else this.connect();
    });
  }

  private readonly abort = (): void => {
    this.finish(fail(interrupted));
  };

  private connect(): void {
    const {target, stream, hostKey, keepAlive} = this.request;
    this.client
      .on('handshake', () => {
        this.stage = 'login';
        this.request.options.onStage?.('trusted');
        this.request.onExchanged();
      })
      .on('ready', () => {
        this.succeed();
      })
      .on('change password', () => {
        this.finish(
          fail(this.authentication.failure('the password has expired and must be changed')),
        );
      })
      .on('error', (error) => {
        this.onError(error);
      })
      .on('end', () => {
        this.onEnd('the host ended it');
      })
      .on('close', () => {
        this.onEnd('it was closed');
      });
    this.client.connect({
      sock: stream,
      username: target.user,
      keepaliveInterval: keepAlive.intervalMs,
      keepaliveCountMax: keepAlive.most,
      readyTimeout: 0, // ours can stand still while somebody is asked
      algorithms: {...OFFERED, serverHostKey: hostKey.algorithms as ssh2.ServerHostKeyAlgorithm[]},
      hostVerifier: (key: Buffer) => hostKey.verify(key),
      authHandler: (allowed, partial, next) => {
        this.nextMethod(allowed as string[] | null, partial as boolean | null).then(
          (method) => {
            if (!this.settled) (next as (method: ssh2.AnyAuthMethod | false) => void)(method);
          },
          (error: unknown) => {
            this.crash(error);
          },
        );
      },
    });
    ignoreOfferedKeys(this.client);
    // After connect(), which has paused the stream: the bytes go to ssh2 as well.
    stream.on('data', this.listen);
  }

  private async nextMethod(
    allowed: readonly string[] | null,
    partial: boolean | null,
  ): Promise<ssh2.AnyAuthMethod | false> {
    // The exchange is over, so the host has proved that it holds the key; nothing secret was sent
    // yet.
    const failure = await this.request.hostKey.confirm();
    if (failure !== undefined) {
      this.finish(fail(failure));
      return false;
    }
    return this.authentication.next(allowed, partial);
  }

  private readonly listen = (chunk: Buffer): void => {
    this.said = (this.said + chunk.toString('latin1', 0, LISTEN_TO)).slice(0, LISTEN_TO);
    const greets = /(?:^|\n)SSH-/.test(this.said);
    if (!greets && this.said.length < LISTEN_TO) return;
    this.request.stream.off('data', this.listen);
    if (greets) {
      this.stage = 'key exchange';
      this.said = '';
    }
  };

  private onError(error: Error): void {
    if (this.link !== undefined) {
      this.link.markLost(isSilence(error) ? {silentMs: this.link.quietMs()} : error.message);
      hangUp(this.request.stream);
      return;
    }
    const {hostKey, target} = this.request;
    const failure =
      hostKey.failure ??
      explain(error, {target, stage: this.stage, said: this.said}, this.authentication);
    if (failure !== undefined) this.finish(fail(failure));
  }

  private onEnd(why: string): void {
    if (this.link !== undefined) this.link.markLost(why);
    else this.onError(Object.assign(new Error(why), {level: 'client-socket'}));
  }

  private succeed(): void {
    const {target, hostKey, stream, via} = this.request;
    if (this.settled) return;
    this.link = new Link(
      this.client,
      target,
      {
        user: target.user,
        port: target.port,
        hostKeyFingerprint: hostKey.fingerprint,
        hostKeyType: hostKey.keyType,
        authentication: this.authentication.succeeded(),
        via,
      },
      stream,
    );
    this.finish(ok(this.link));
  }

  private finish(result: Result<Link>): void {
    if (this.settled) return;
    this.cleanUp();
    if (!result.ok) {
      this.authentication.abandon();
      this.client.end();
      hangUp(this.request.stream);
    }
    this.resolve(result);
  }

  /** A defect of ours or of the prompter: not the host's, so it is no Failure. */
  private crash(error: unknown): void {
    if (this.settled) return;
    this.cleanUp();
    this.authentication.abandon();
    this.request.stream.destroy();
    this.reject(error);
  }

  private cleanUp(): void {
    this.settled = true;
    this.limit.stop();
    this.request.stream.off('data', this.listen);
    this.request.options.signal?.removeEventListener('abort', this.abort);
    this.request.onExchanged();
  }
}
