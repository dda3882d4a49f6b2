import type {Stage} from '../failures.js';

/** How far ssh(1) has come. */
export type MasterStage = 'connect' | Stage;

/** What ssh(1) says in words, not as a debugging message; what a host says may be among it. */
export interface SaidLine {
  readonly stage: MasterStage;
  readonly text: string;
}

/** Lines and characters of them that are kept; a host can make ssh say as much as it likes. */
const MOST_LINES = 100;
const LONGEST_LINE = 500;
/** Ended channels that are remembered; a run asks for its own at once. */
const MOST_CHANNELS = 64;

/**
 * What the ssh(1) that holds a connection tells of it at LogLevel DEBUG3, line by line. A host's
 * own words (its banner) come on the same stderr, but not before the host has proved its key: so
 * what is said of the key counts only before, and what counts after it can only be about the host
 * itself.
 */
export class MasterLog {
  stage: MasterStage = 'connect';
  hostKey: {readonly type: string; readonly fingerprint: string} | undefined;
  /** As ssh(1) has resolved them. */
  login: {readonly hostname: string; readonly port: number; readonly user: string} | undefined;
  /** How we got in, each step. */
  readonly passed: string[] = [];
  /** Keys and methods that were tried, in words. */
  readonly tried: {readonly what: string; readonly path?: string}[] = [];
  /** What the server takes, as it said last. */
  allowed: readonly string[] = [];
  /** Lines that came instead of an SSH greeting. */
  readonly greeting: string[] = [];
  readonly said: SaidLine[] = [];
  /** Everything of the login has been told. */
  entered = false;
  /** Packets that come are told of, so silence can be measured. */
  tellsPackets = false;
  private acceptedKey: string | undefined;
  private readonly channels = new Set<number>();

  /** @returns whether the line tells that something came from the host */
  take(raw: string): boolean {
    const line = raw.replace(/\r$/, '').slice(0, LONGEST_LINE);
    const debug = /^debug([123]): (.*)$/.exec(line);
    if (debug === null) {
      this.words(line);
      return false;
    }
    const [, level, text = ''] = debug;
    if (level === '3' && text.startsWith('receive packet: ')) {
      this.tellsPackets = true;
      return true;
    }
    this.channel(text);
    if (level === '1') this.progress(text);
    return false;
  }

  /** Whether the host has closed a channel; its number is ssh's own, as a channel's log has it. */
  hasEnded(channel: number): boolean {
    return this.channels.has(channel);
  }

  /** How we got in; undefined: ssh did not tell. */
  get authentication(): string | undefined {
    return this.passed.length === 0 ? undefined : this.passed.join(' + ');
  }

  private channel(text: string): void {
    const number = /^channel (\d+): rcvd close$/.exec(text)?.[1];
    if (number === undefined) return;
    this.channels.add(Number(number));
    const [oldest] = this.channels;
    if (this.channels.size > MOST_CHANNELS && oldest !== undefined) this.channels.delete(oldest);
  }

  private words(text: string): void {
    const by = /^Authenticated .*using "([\w@.-]+)"/.exec(text)?.[1];
    if (by !== undefined && this.stage === 'login')
      this.passed.push(by === 'publickey' ? (this.acceptedKey ?? by) : by);
    else if (text.trim() !== '') this.keep({stage: this.stage, text});
  }

  /** A long banner must push out neither what was said of the key nor the last words. */
  private keep(line: SaidLine): void {
    this.said.push(line);
    if (this.said.length <= MOST_LINES) return;
    const first = this.said.findIndex(({stage}) => stage === this.stage);
    this.said.splice(first, 1);
  }

  private progress(text: string): void {
    switch (this.stage) {
      case 'connect':
        if (/^(?:Connection established\.|Executing proxy command: )/.test(text))
          this.stage = 'greeting';
        break;
      case 'greeting':
        this.greets(text);
        break;
      case 'key exchange':
        this.exchanges(text);
        break;
      case 'login':
        this.logsIn(text);
    }
  }

  private greets(text: string): void {
    const banner = /^kex_exchange_identification: banner line \d+: (.*)$/.exec(text)?.[1];
    if (banner !== undefined && this.greeting.length < MOST_LINES) this.greeting.push(banner);
    if (text.startsWith('Remote protocol version ')) this.stage = 'key exchange';
  }

  private exchanges(text: string): void {
    const key = /^Server host (?:key|certificate): (\S+) (SHA256:[\w+/]+)/.exec(text);
    if (key !== null) this.hostKey ??= {type: key[1] ?? '', fingerprint: key[2] ?? ''};
    const login = /^Authenticating to (.*):(\d+) as '(.*)'$/.exec(text);
    if (login !== null)
      this.login = {hostname: login[1] ?? '', port: Number(login[2]), user: login[3] ?? ''};
    if (text === 'SSH2_MSG_NEWKEYS received') this.stage = 'login';
  }

  private logsIn(text: string): void {
    if (text === 'Entering interactive session.') this.entered = true;
    const key =
      /^(Offering public key|Server accepts key): (.*) (\S+) SHA256:[\w+/]+(?: .*)?$/.exec(text);
    if (key !== null) {
      const [, event, path = '', type = ''] = key;
      const what = `publickey ${type} (${path})`;
      if (event === 'Server accepts key') this.acceptedKey = what;
      else this.note({what, path});
    }
    const method = /^Next authentication method: (\S+)$/.exec(text)?.[1];
    if (method !== undefined && method !== 'publickey') this.note({what: method});
    const allowed = /^Authentications that can continue: (.*)$/.exec(text)?.[1];
    if (allowed !== undefined) this.allowed = allowed.split(',');
  }

  private note(tried: {readonly what: string; readonly path?: string}): void {
    if (this.tried.length < MOST_LINES && !this.tried.some(({what}) => what === tried.what))
      this.tried.push(tried);
  }
}
