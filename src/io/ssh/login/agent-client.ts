import {connect} from 'node:net';
import type {Socket} from 'node:net';
import {performance} from 'node:perf_hooks';

import {WireReader, wireString} from '../../signing/sshsig-format.js';

/** A key the agent holds. */
export interface AgentKey {
  /** Public key (or certificate) in SSH wire format. */
  readonly blob: Buffer;
  readonly comment: string;
}

// draft-miller-ssh-agent, section 6.1
const FAILURE = 5;
const REQUEST_IDENTITIES = 11;
const IDENTITIES_ANSWER = 12;
const SIGN_REQUEST = 13;
const SIGN_RESPONSE = 14;
/** Flags of a sign request: which hash an RSA key is to use. */
const RSA_FLAGS: Readonly<Record<string, number>> = {sha256: 2, sha512: 4};
/** ssh-agent's own limit for a message (256 KiB). */
const LONGEST = 256 * 1024;
/** An agent has a person to wait for only when signing (ssh-add -c); the list comes at once. */
const PATIENCE_MS = 10_000;
/** An agent that was not there is looked for again after so long. */
const ABSENT_MS = 60_000;

interface Waiting {
  readonly resolve: (payload: Buffer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One connection to an ssh-agent for the whole run; requests queue on it. ssh2's own client opens a
 * connection for every request and hides keys it cannot use, which would then be missed without a
 * word.
 */
export class AgentClient {
  private socket: Socket | undefined;
  private received = Buffer.alloc(0);
  private waiting: Waiting[] = [];
  private keys: Promise<readonly AgentKey[]> | undefined;
  private askAgainAt = Infinity;

  constructor(private readonly path: string) {}

  /**
   * The agent's keys, asked for once as long as it is there. Rejects when there is no agent, or it
   * makes no sense.
   */
  list(): Promise<readonly AgentKey[]> {
    if (performance.now() > this.askAgainAt) this.keys = undefined;
    this.keys ??= this.askForKeys();
    return this.keys;
  }

  private askForKeys(): Promise<readonly AgentKey[]> {
    this.askAgainAt = Infinity;
    const keys = this.request(Buffer.from([REQUEST_IDENTITIES]), PATIENCE_MS).then(parseKeys);
    keys.catch(() => {
      this.askAgainAt = performance.now() + ABSENT_MS;
    });
    return keys;
  }

  /** A bare signature, without the algorithm's name before it. `hash` matters for RSA keys only. */
  async sign(blob: Buffer, data: Buffer, hash: string | undefined): Promise<Buffer> {
    const flags = Buffer.alloc(4);
    flags.writeUInt32BE(RSA_FLAGS[hash ?? ''] ?? 0);
    const reply = await this.request(
      Buffer.concat([Buffer.from([SIGN_REQUEST]), wireString(blob), wireString(data), flags]),
    );
    if (reply[0] === FAILURE) throw new Error('the agent refused to sign');
    const wrapped = reply[0] === SIGN_RESPONSE ? new WireReader(reply, 1).string() : undefined;
    const inner = new WireReader(wrapped ?? Buffer.alloc(0), 0);
    inner.string();
    const signature = inner.string();
    if (signature === undefined) throw new Error('the agent sent no signature');
    return signature;
  }

  close(): void {
    this.fail(new Error('the agent connection was closed'));
  }

  private request(payload: Buffer, patience?: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const timer =
        patience === undefined
          ? undefined
          : setTimeout(() => {
              this.fail(new Error(`no answer within ${patience / 1000} s`));
            }, patience);
      this.waiting.push({
        resolve: (reply) => {
          clearTimeout(timer);
          resolve(reply);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      this.socket ??= this.open();
      this.socket.write(wireString(payload));
    });
  }

  private open(): Socket {
    const socket = connect(this.path);
    socket.on('data', (chunk) => {
      this.take(chunk);
    });
    socket.on('error', (error) => {
      this.fail(error);
    });
    socket.on('close', () => {
      if (this.socket !== socket) return;
      // Another one that is started in its place may have other keys.
      if (this.waiting.length === 0) this.keys = undefined;
      this.fail(new Error('the agent closed the connection'));
    });
    return socket;
  }

  private take(chunk: Buffer): void {
    this.received = Buffer.concat([this.received, chunk]);
    while (this.received.length >= 4) {
      const length = this.received.readUInt32BE(0);
      if (length === 0 || length > LONGEST) {
        this.fail(new Error('the agent does not speak the agent protocol'));
        return;
      }
      if (this.received.length < 4 + length) return;
      const payload = this.received.subarray(4, 4 + length);
      this.received = this.received.subarray(4 + length);
      this.waiting.shift()?.resolve(payload);
    }
  }

  private fail(error: Error): void {
    const {waiting, socket} = this;
    this.waiting = [];
    this.socket = undefined;
    this.received = Buffer.alloc(0);
    socket?.destroy();
    for (const {reject} of waiting) reject(error);
  }
}

function parseKeys(payload: Buffer): AgentKey[] {
  if (payload[0] !== IDENTITIES_ANSWER) throw new Error('the agent refused to list its keys');
  const reader = new WireReader(payload, 1);
  const count = reader.uint32() ?? 0;
  const keys: AgentKey[] = [];
  for (let i = 0; i < count; i++) {
    const blob = reader.string();
    const comment = reader.string();
    if (blob === undefined || comment === undefined)
      throw new Error('the list of keys is cut short');
    keys.push({blob, comment: comment.toString('utf8')});
  }
  return keys;
}
