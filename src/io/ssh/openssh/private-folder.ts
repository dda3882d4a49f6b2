import {spawn} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

/**
 * A socket's path has 104 bytes on the BSDs (sys/un.h), and ssh(1) makes it under a name 17 longer.
 */
const LONGEST = 104 - 1 - 17 - '/zbufctl-XXXXXX/ssh-99999'.length;

/**
 * Ends what we have started and removes the folder when our end of its input is gone, however we
 * ended: a connection that nobody holds must not stay. Lines: `+ pid` and `- pid` of the leaders of
 * process groups. $1: the folder.
 */
const WATCH = `
trap '' INT TERM HUP
groups=' '
while read -r sign group; do
	case $sign in
	+) groups="$groups$group " ;;
	-) groups="\${groups%% $group *} \${groups#* $group }" ;;
	esac
done
for group in $groups; do kill -TERM -"$group" 2>/dev/null; done
rm -rf -- "$1"
`;

/** A folder only we can look into, for sockets and logs, and the processes that use it. */
export class PrivateFolder {
  readonly path: string;
  private readonly groups = new Set<number>();
  private readonly watchdog: ChildProcess;
  private serial = 0;

  constructor() {
    this.path = mkdtempSync(join(shortFolder(), 'zbufctl-'));
    this.watchdog = spawn('/bin/sh', ['-c', WATCH, 'zbufctl-watch', this.path], {
      stdio: ['pipe', 'ignore', 'ignore'],
      // Its own session: what ends us from the terminal does not end it.
      detached: true,
    });
    this.watchdog.on('error', () => undefined);
    this.watchdog.stdin?.on('error', () => undefined);
    this.watchdog.unref();
  }

  /** A name in the folder that nothing else has. */
  name(kind: string): string {
    this.serial += 1;
    return join(this.path, `${kind}-${this.serial}`);
  }

  /** Ends the process and all it has started when we end; it leads a process group. */
  mind(child: ChildProcess): void {
    const {pid} = child;
    if (pid === undefined) return;
    this.groups.add(pid);
    this.watchdog.stdin?.write(`+ ${pid}\n`);
    child.once('exit', () => {
      this.groups.delete(pid);
      this.watchdog.stdin?.write(`- ${pid}\n`);
    });
  }

  /** Lets go of everything, as when we are killed. */
  abandon(): void {
    this.watchdog.stdin?.end();
  }

  close(): void {
    for (const pid of this.groups) endGroup(pid, 'SIGTERM');
    this.abandon();
    rmSync(this.path, {recursive: true, force: true});
  }
}

/** Signals a process and everything it has started. */
export function endGroup(pid: number | undefined, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended by itself.
  }
}

/** Where temporary files go, unless that is too long for a socket or means something to a shell. */
function shortFolder(): string {
  const usual = tmpdir();
  return usual.length <= LONGEST && /^[\w./-]+$/.test(usual) ? usual : '/tmp';
}
