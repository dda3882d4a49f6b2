import {spawn} from 'node:child_process';
import type {ChildProcessByStdio} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import type {Readable, Writable} from 'node:stream';

/** One question to `ssh -G`; the words are checked by the caller: no blanks, no leading dash. */
export interface SshQuestion {
  readonly address: string;
  readonly user: string | undefined;
  readonly port: number | undefined;
}

export interface SshAnswer {
  /** Exit status of ssh; 127: there is no such program. */
  readonly status: number;
  /** stdout and stderr. */
  readonly output: string;
}

/**
 * Runs in one shell for the whole run: starting a program costs this process some 8 ms of a
 * processor, a line through a pipe next to nothing. $1: the configuration file or '', $2: the word
 * that ends an answer. Questions are lines of address, user and port, `-` when not said; data never
 * becomes program text.
 */
const LOOP = `
while read -r address user port; do
	set -- "$1" "$2" -T -G
	[ -n "$1" ] && set -- "$@" -F "$1"
	[ "$user" = - ] || set -- "$@" -l "$user"
	[ "$port" = - ] || set -- "$@" -p "$port"
	config=$1 end=$2
	shift 2
	ssh "$@" -- "$address" 2>&1 </dev/null
	printf '\\n%s %s\\n' "$end" "$?"
	set -- "$config" "$end"
done
`;

interface Pending {
  readonly resolve: (answer: SshAnswer) => void;
  readonly timer: NodeJS.Timeout;
}

/** A shell that asks ssh one question after the other. */
export class SshAsker {
  private readonly end = `end-${randomBytes(12).toString('hex')}`;
  private readonly answered = new RegExp(String.raw`\n${this.end} (\d+)\n`);
  private shell: ChildProcessByStdio<Writable, Readable, null> | undefined;
  private received = '';
  private pending: Pending | undefined;

  /**
   * @param file as `ssh -F`; absent: what ssh reads by itself
   * @param patienceMs how long one answer may take (`Match exec` runs a program)
   */
  constructor(
    private readonly file: string | undefined,
    private readonly patienceMs: number,
  ) {}

  /** One question at a time; the caller waits for the answer before the next. */
  ask({address, user, port}: SshQuestion): Promise<SshAnswer> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.fail(`no answer within ${this.patienceMs / 1000} s`);
      }, this.patienceMs);
      this.pending = {resolve, timer};
      this.shell ??= this.start();
      this.shell.stdin.write(`${address} ${user ?? '-'} ${port ?? '-'}\n`);
    });
  }

  close(): void {
    this.fail('stopped');
  }

  private start(): ChildProcessByStdio<Writable, Readable, null> {
    const shell = spawn('/bin/sh', ['-c', LOOP, 'ask-ssh', this.file ?? '', this.end], {
      stdio: ['pipe', 'pipe', 'ignore'],
      // Its own process group: what `Match exec` has started ends with it.
      detached: true,
    });
    shell.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (this.shell === shell) this.take(text);
    });
    const gone = (why: string) => () => {
      if (this.shell === shell) this.fail(why);
    };
    shell
      .on('error', gone('/bin/sh cannot be started'))
      .on('close', gone('the shell that runs ssh ended'));
    shell.stdin.on('error', () => undefined);
    return shell;
  }

  private take(text: string): void {
    this.received += text;
    const match = this.answered.exec(this.received);
    if (match === null) return;
    const output = this.received.slice(0, match.index);
    this.received = '';
    this.settle({status: Number(match[1]), output});
  }

  private fail(why: string): void {
    const {shell} = this;
    this.shell = undefined;
    this.received = '';
    if (shell !== undefined) endGroup(shell);
    this.settle({status: 1, output: why});
  }

  private settle(answer: SshAnswer): void {
    const {pending} = this;
    this.pending = undefined;
    if (pending === undefined) return;
    clearTimeout(pending.timer);
    pending.resolve(answer);
  }
}

function endGroup({pid, stdin}: ChildProcessByStdio<Writable, Readable, null>): void {
  stdin.destroy();
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGTERM');
  } catch {
    // It has ended by itself.
  }
}
