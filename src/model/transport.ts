import type {Connection} from './evidence.js';
import type {Result} from './failure.js';
import type {Host} from './host.js';

/**
 * What carries scripts to hosts: our SSH library, the system's ssh(1), whichever of these it takes,
 * or the program that started zbufctl.
 */
export const TRANSPORTS = ['ssh2', 'openssh', 'auto', 'caller'] as const;
export type TransportChoice = (typeof TRANSPORTS)[number];
/** Those that log in themselves. */
export type SshChoice = Exclude<TransportChoice, 'caller'>;

/**
 * What a script run on a host came back with. Same shape for success and failure; meaning is
 * decided by who reads it.
 */
export interface Reply {
  readonly stdout: Buffer;
  /** At most 64 KiB of it, raw. */
  readonly stderr: Buffer;
  /** Absent when the server sent none (RFC 4254 lets it) or the command died of a signal. */
  readonly exitCode?: number;
  readonly signal?: string;
  readonly durationMs: number;
}

export interface RunOptions {
  /** Milliseconds this script may take. */
  readonly timeoutMs: number;
  /** Bytes of stdout after which the host counts as flooding and is cut off. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
  /**
   * Give it up when nothing has come from the host for so long, answers to keepalive questions
   * included.
   */
  readonly silentMs?: number;
  /** Give it up when the script has said nothing for so long, though the connection lives. */
  readonly unheardMs?: number;
  /**
   * Called with what comes on stdout, as it comes; for showing progress, since the reply has all of
   * it.
   */
  readonly onChunk?: (chunk: Buffer) => void;
  /** The script prints as long as it runs: the reply has only the end of stdout. */
  readonly streams?: true;
  /**
   * The script is to end when we are gone: a descriptor of it ends then, and `zbufctl_input=N`
   * stands before it.
   */
  readonly endsWithInput?: true;
}

/** One authenticated connection to one host. */
export interface Session {
  readonly connection: Connection;
  /**
   * Sends `script` to a clean /bin/sh on the host (through become when the host says so) and waits
   * for the end. One exec channel a call, all over this connection.
   */
  run(script: string, options: RunOptions): Promise<Result<Reply>>;
  /**
   * Milliseconds since anything came from the host, answers to keepalive questions included (one
   * goes out after 10 s of silence). Beyond 20 s the connection is probably dead: a second one can
   * ask what became of the host.
   */
  quietMs(): number;
  close(): void;
}

/** How far a connection has come, in this order; what comes after is the login. */
export const CONNECT_STAGES = ['resolved', 'connected', 'trusted'] as const;
export type ConnectStage = (typeof CONNECT_STAGES)[number];

export interface ConnectOptions {
  /** Milliseconds until TCP is up, and until authentication is done (prompts do not count). */
  readonly connectTimeoutMs: number;
  readonly authTimeoutMs: number;
  /** Add unknown host keys to the first known_hosts file instead of refusing them. */
  readonly acceptNew: boolean;
  readonly signal?: AbortSignal;
  /** Called as the host itself comes nearer; of jump hosts on the way nothing is told. */
  readonly onStage?: (stage: ConnectStage) => void;
}

export interface Transport {
  connect(host: Host, options: ConnectOptions): Promise<Result<Session>>;
  /** Ends agents, jump connections and the like. */
  close(): void;
}

/**
 * Questions only a person can answer. Answers live in memory only, for this run. `undefined`:
 * nobody there to ask.
 */
export interface Prompter {
  /** `echo` false hides what is typed. `key` lets equal questions be asked once a run. */
  ask(question: {
    readonly key: string;
    readonly text: string;
    readonly echo: boolean;
  }): Promise<string | undefined>;
}
