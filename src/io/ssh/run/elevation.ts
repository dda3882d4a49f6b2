import {randomBytes} from 'node:crypto';

import type {Failure} from '../../../model/failure.js';
import type {BecomeMethod} from '../../../model/host.js';
import {unreachable} from '../../../model/unreachable.js';
import {sanitize} from '../../../text/sanitize.js';
import type {SecretQuestion} from '../secrets.js';
import {shellWord} from '../shell-word.js';
import type {Target} from '../target.js';

/** What the output so far means. */
export type ElevationEvent =
  | {readonly event: 'more'}
  | {readonly event: 'prompt'} //   it asks for a password
  | {readonly event: 'again'} //    it asks once more: the password was wrong
  | {readonly event: 'flooded'}
  | {readonly event: 'ready'; readonly rest: Buffer}; // the elevated shell waits; what follows is the script's

/**
 * What a program says of a password that is wrong, as against one that is right and helps nobody
 * (not in sudoers).
 */
const WRONG: Readonly<Record<BecomeMethod, RegExp>> = {
  sudo: /incorrect password attempt|sorry, try again/i,
  doas: /authentication failed/i,
  // FreeBSD's su says "Sorry" (su.c), Linux's the rest.
  su: /\bsu: .*(?:sorry|authentication fail|incorrect password)/i,
};

/** Whether a program that asks for a password is to be given a terminal. */
export const wantsTerminal = (become: BecomeMethod): boolean => become !== 'sudo';

/** Bytes of greeting, lecture and warnings before the elevated shell; more is no greeting. */
const MOST_NOISE = 64 * 1024;
/**
 * sudo and doas are packages on FreeBSD, and a login without a terminal may lack /usr/local/bin.
 */
const ENV =
  '/usr/bin/env LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Becoming root through sudo, doas or su. The command line is a constant but for two random words,
 * has no blank or quote that csh(1) and sh(1) read differently, and never holds a password. The
 * elevated shell first prints a marker; only what comes after it is the script's, and only then the
 * script is sent.
 */
export class Elevation {
  readonly command: string;
  /**
   * doas reads a password from the terminal only (readpassphrase(3)). su on FreeBSD (OpenPAM) polls
   * before every character and reads through stdio: without a terminal it sits there with the whole
   * password until more comes (facts: host-behaviour.md).
   */
  readonly pty: boolean;
  /**
   * Milliseconds between the prompt and the answer. OpenPAM writes the prompt first and then
   * switches echo off, which discards what has arrived by then (openpam_ttyconv.c, TCSAFLUSH:
   * read).
   */
  readonly answerDelayMs: number;
  private readonly marker = `zbufctl-${randomBytes(12).toString('hex')}`;
  private readonly token = `zbufctl-${randomBytes(6).toString('hex')} password: `;
  private out: Buffer = Buffer.alloc(0);
  private err: Buffer = Buffer.alloc(0);
  private answered = false;

  /**
   * @param pty false when the server allows no terminal: doas then works without a password only
   */
  constructor(
    readonly become: BecomeMethod,
    private readonly target: Target,
    pty = wantsTerminal(become),
  ) {
    this.pty = pty;
    this.answerDelayMs = become === 'su' && pty ? 250 : 0;
    const plain = `echo ${this.marker}; exec /bin/sh -s`;
    // A shell that reads its script from a terminal takes itself for interactive and prompts; +i
    // says it is not.
    const onTerminal = `stty raw -echo 2>/dev/null; echo ${this.marker}; exec /bin/sh +i -s 2>/dev/null`;
    // exec: no login shell stays behind that would print something when it ends.
    switch (become) {
      case 'sudo':
        this.command = `exec ${ENV} sudo -S -p '${this.token}' -- /bin/sh -c '${plain}'`;
        break;
      case 'doas':
        this.command = pty
          ? `exec ${ENV} doas /bin/sh -c '${onTerminal}'`
          : `exec ${ENV} doas -n /bin/sh -c '${plain}'`;
        break;
      case 'su':
        // What -c gets runs in root's login shell, which may be csh and knows no 2>.
        this.command = pty
          ? `exec ${ENV} su root -c 'exec /bin/sh -c "${onTerminal}"'`
          : `exec ${ENV} su root -c '${plain}'`;
        break;
      default:
        this.command = unreachable(become);
    }
  }

  /** Takes output that came before the marker. */
  take(from: 'stdout' | 'stderr', chunk: Buffer): ElevationEvent {
    if (from === 'stdout') this.out = Buffer.concat([this.out, chunk]);
    else this.err = Buffer.concat([this.err, chunk]);
    const rest = this.afterMarker();
    if (rest !== undefined) return {event: 'ready', rest};
    if (this.out.length + this.err.length > MOST_NOISE) return {event: 'flooded'};
    if (!this.asks()) return {event: 'more'};
    if (this.answered) return {event: 'again'};
    this.answered = true;
    // What comes next is the answer to the password, and no longer the prompt.
    this.out = this.err = Buffer.alloc(0);
    return {event: 'prompt'};
  }

  /**
   * What the person is asked: one password for all hosts that name the same user and method, and
   * one for this host alone where that was refused.
   */
  question(): SecretQuestion {
    const {user, hostname, port, name} = this.target;
    const whose = this.become === 'su' ? 'root' : user;
    return {
      key: `${this.become}:${whose}`,
      text: `${this.become} password of ${whose} (for ${name} and every host it fits): `,
      own: {
        key: `${this.become}:${user}@${hostname}:${port}`,
        text: `${this.become} password of ${whose} on ${name}, where the other was refused: `,
      },
    };
  }

  /** The program ended, or asked again: whether that says that the password is wrong. */
  isWrongPassword(): boolean {
    return this.answered && WRONG[this.become].test(this.words());
  }

  /** @param what what went wrong, if more is known than what the program printed */
  failure(what?: string): Failure {
    const {become, target} = this;
    const said = this.lastWords();
    const reason = [what, said === '' ? undefined : `it said "${said}"`].filter(
      (x) => x !== undefined,
    );
    const tail = reason.length === 0 ? '' : `: ${reason.join('; ')}`;
    const user = shellWord(target.user);
    return {
      kind: 'become',
      message: `logged in as ${target.user}, but ${become} did not let us become root${tail}`,
      fix: {
        sudo: `Check on the host that "sudo -l -U ${user}" allows /bin/sh and that its password is right (requiretty must be off).`,
        doas: `Check on the host that /usr/local/etc/doas.conf (or /etc/doas.conf) permits ${user}, and the password.`,
        su: `Check root's password, and on FreeBSD that ${user} is in the group wheel.`,
      }[become],
    };
  }

  /**
   * The text after the marker's line, once it is there. A shell that echoes the command has more
   * after the marker.
   */
  private afterMarker(): Buffer | undefined {
    for (const end of ['\n', '\r\n']) {
      const at = this.out.indexOf(this.marker + end);
      if (at >= 0) return this.out.subarray(at + this.marker.length + end.length);
    }
    return undefined;
  }

  /** LC_ALL=C makes sure of the word, whatever language the host speaks. */
  private asks(): boolean {
    return [this.out, this.err].some((seen) => {
      const text = seen.toString('latin1');
      if (this.become === 'sudo') return text.endsWith(this.token);
      return /password[^\n]*:\s*$/i.test(text.slice(text.lastIndexOf('\n') + 1));
    });
  }

  private words(): string {
    return Buffer.concat([this.out, Buffer.from('\n'), this.err]).toString('utf8');
  }

  private lastWords(): string {
    const lines = this.words()
      .replaceAll(this.token, '')
      .split(/[\r\n]+/)
      .filter((line) => line.trim() !== '');
    return sanitize(lines.slice(-2).join(' / ').trim(), {limit: 200});
  }
}
