import {spawn} from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';

import {parseCollectorOutput} from '../../../src/collect/collector-output.js';
import {loadCollectTemplate} from '../../../src/io/package/templates.js';
import type {Evidence} from '../../../src/model/evidence.js';
import {scriptWithArguments} from '../../../src/text/shell.js';

export const STATES = [
  'freebsd-13.2/default-base-libpcap',
  'freebsd-13.2/pflogd-stalled-zerocopy',
  'freebsd-13.2/tcpdump-n-zerocopy-healthy',
  'freebsd-15.1/default',
  'freebsd-15.1/pflogd-stalled-zerocopy',
  'freebsd-15.1/tcpdump-n-zerocopy-healthy',
] as const;
export type State = (typeof STATES)[number];

export interface ReplayOptions {
  readonly state: State;
  readonly uid?: number;
  /** Files below the practice root, by path; undefined removes a default one. */
  readonly files?: Readonly<Record<string, string | Buffer | undefined>>;
  /** sh bodies that take the place of a simulated program; the arguments are in "$*". */
  readonly programs?: Readonly<Record<string, string>>;
  /** What the second netstat -B prints; the same as the first when not given. */
  readonly secondNetstat?: string;
}

export interface RunOptions {
  /** Run as this user; only root can. */
  readonly uid?: number;
  readonly script?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export const META = {host: 'fw01', address: '192.0.2.1', collectedAt: '2026-11-24T08:15:00.000Z'};

export interface Collected {
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly code: number | null;
  readonly milliseconds: number;
}

/** What a captured command printed: the lines between the command and its exit status. */
export function captured(state: State, name: string): string {
  const lines = readFileSync(join('test/captures', state, name), 'utf8').split('\n');
  const end = lines.findLastIndex((line) => line.startsWith('[exit status'));
  return lines
    .slice(1, end)
    .map((line) => `${line}\n`)
    .join('');
}

const ELF = Buffer.from('\x7fELF\x02\x01\x01\x09\0\0\0\0', 'latin1');

/**
 * A directory that stands in for one captured host, with programs that print what was captured
 * there.
 */
export class ReplayHost {
  readonly root = mkdtempSync(join(tmpdir(), 'zbufctl-replay-'));

  constructor(options: ReplayOptions) {
    const {state} = options;
    mkdirSync(join(this.root, '.lab'));
    // Another user may run the collector in it.
    chmodSync(this.root, 0o755);
    for (const [path, content] of Object.entries({...defaultFiles(state), ...options.files}))
      if (content !== undefined) this.write(path, content);
    this.write('/replay/netstat-first', compact(captured(state, 'netstat-B-json.txt')));
    this.write(
      '/replay/netstat-second',
      options.secondNetstat ?? compact(captured(state, 'netstat-B-json.txt')),
    );
    for (const [pid, map] of memoryMaps(state)) this.write(`/replay/map-${pid}`, map);
    for (const [name, body] of Object.entries({
      ...(options.uid === undefined || options.uid === 0 ? {} : UNPRIVILEGED),
      ...options.programs,
    }))
      this.program(name, body);
    for (const [name, body] of Object.entries(programs(state, options.uid ?? 0)))
      if (
        options.programs?.[name] === undefined &&
        !(options.uid && UNPRIVILEGED[name] !== undefined)
      )
        this.program(name, body);
  }

  write(path: string, content: string | Buffer): void {
    mkdirSync(dirname(join(this.root, path)), {recursive: true});
    writeFileSync(join(this.root, path), content, {mode: path.includes('/rc.d/') ? 0o755 : 0o644});
  }

  private program(name: string, body: string): void {
    this.write(`/bin/${name}`, `#!/bin/sh\nroot='${this.root}'\n${body}\n`);
    chmodSync(join(this.root, 'bin', name), 0o755);
  }

  /** Runs the collector as it is sent to a host: on the stdin of a shell. */
  collect(args: readonly string[] = ['0'], options: RunOptions = {}): Promise<Collected> {
    const begin = performance.now();
    // The collector believes only in a practice root of its own user's.
    if (options.uid !== undefined) chownSync(join(this.root, '.lab'), options.uid, options.uid);
    const child = spawn('dash', ['-s'], {
      env: {PATH: process.env['PATH'], ZBUFCTL_ROOT: this.root, ...options.env},
      ...(options.uid === undefined ? {} : {uid: options.uid, gid: options.uid}),
    });
    const stdout: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    // A script that ends early leaves the rest of its text unread.
    child.stdin.on('error', () => undefined);
    child.stdin.end(scriptWithArguments(options.script ?? loadCollectTemplate(), args));
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => {
        resolve({
          stdout: Buffer.concat(stdout),
          stderr,
          code,
          milliseconds: performance.now() - begin,
        });
      });
    });
  }

  /** The evidence of a collection that must have worked. */
  async evidence(args?: readonly string[], options?: RunOptions): Promise<Evidence> {
    const {stdout, stderr} = await this.collect(args, options);
    const result = parseCollectorOutput(stdout, META);
    if (!result.ok) throw new Error(`${result.error.message}\n${stderr}\n${stdout.toString()}`);
    return result.value;
  }

  remove(): void {
    rmSync(this.root, {recursive: true, force: true});
  }
}

/** The form without pretty, on one line, as libxo prints it. */
const compact = (json: string): string => `${JSON.stringify(JSON.parse(json))}\n`;

function defaultFiles(state: State): Record<string, string | Buffer> {
  const running = captured(state, 'sysctl-net.bpf.txt');
  const zerocopy = /zerocopy_enable: (\d+)/.exec(running)?.[1] ?? '';
  const version = captured(state, 'libpcap-strings.txt');
  const scripts = captured(state, 'service-e.txt').trim().split('\n');
  return {
    ...Object.fromEntries(scripts.map((path) => [path, rcScript(path)])),
    '/etc/rc.d/pflog':
      '#!/bin/sh\n\nname="pflog"\nrcvar="pflog_enable"\ncommand="/sbin/${name}d"\nload_rc_config $name\n',
    '/etc/rc.d/sshd': '#!/bin/sh\nname="sshd"\nrcvar="sshd_enable"\ncommand="/usr/sbin/$name"\n',
    '/etc/defaults/rc.conf': [
      'rc_conf_files="/etc/rc.conf /etc/rc.conf.local"',
      'local_startup="/usr/local/etc/rc.d"',
      ...scripts.map((path) => `${rcName(path)}_enable="YES"`),
      '',
    ].join('\n'),
    '/sbin/pflogd': ELF,
    '/usr/sbin/tcpdump': ELF,
    '/lib/libpcap.so.8': ELF,
    '/etc/sysctl.conf': `# $FreeBSD$\nnet.bpf.zerocopy_enable=${zerocopy}\n`,
    '/boot/loader.conf': 'autoboot_delay="2"\n',
    '/etc/rc.conf': captured(state, 'sysrc-a.txt').replaceAll(/^(\w+): (.*)$/gm, '$1="$2"'),
    '/replay/sysctl-net.bpf': running,
    '/replay/service': captured(state, 'service-e.txt'),
    '/replay/procstat-f': captured(state, 'procstat-f-json.txt'),
    '/replay/ps': captured(state, 'ps.txt'),
    '/replay/ldd': captured(state, 'ldd.txt'),
    '/replay/strings/lib/libpcap.so.8': `.symtab\n${version}%s version\n`,
  };
}

function programs(state: State, uid: number): Record<string, string> {
  const print = (name: string): string => `exec cat "$root/replay/${name}"`;
  const uname = captured(state, 'uname.txt').trim();
  const [system = '', release = '', machine = ''] = uname.split(' ');
  const release3 = captured(state, 'freebsd-version.txt').trimEnd();
  return {
    id: onlyFor('-u', `echo ${uid}`),
    uname: `case $* in -s) echo ${system} ;; -srm) echo '${system} ${release} ${machine}' ;; -KUmrsp) echo '${uname}' ;; *) exit 64 ;; esac`,
    'freebsd-version': onlyFor('-kru', `echo '${release3}'`),
    hostname: onlyFor('', 'echo fw.example.net'),
    sysctl: `case $* in
'-n security.jail.jailed kern.securelevel kern.boottime')
	printf '%s\\n' 0 -1 '{ sec = 1795500000, usec = 123456 } Tue Nov 24 06:00:00 2026' ;;
net.bpf) ${print('sysctl-net.bpf')} ;;
'-n security.jail.jailed') echo 0 ;;
'-n kern.securelevel') echo -1 ;;
'-n kern.boottime') echo '{ sec = 1795500000, usec = 123456 } Tue Nov 24 06:00:00 2026' ;;
'-t -- '*) shift 2; code=0
	for name in "$@"; do case $name in *nope*) echo "sysctl: unknown oid '$name'" >&2; code=$((code + 1)) ;; *) echo "$name: integer" ;; esac; done
	exit $code ;;
'-NW -- '*) shift 2; printf '%s\\n' "$@" ;;
'-NT -- '*) ;;
*) exit 64 ;;
esac`,
    kenv: onlyFor('-q net.bpf.zerocopy_enable', 'exit 1'),
    // In the captured start order; what is not in it comes last.
    rcorder: `[ "$1 $2" = '-s nostart' ] || exit 64
shift 2
while read -r path; do for file in "$@"; do [ "$file" != "$root$path" ] || echo "$file"; done; done <"$root/replay/service"
for file in "$@"; do grep -qx "\${file#"$root"}" "$root/replay/service" || echo "$file"; done`,
    service: 'exit 64',
    stat: `case "$1 $2" in
'-f %Sp %Su %Sg %Sf %z') ;;
'-f %u %p %N')
	shift 2
	# Everything is root's here; folders of this test have whatever the umask gave them.
	for file in "$@"; do
		mode=$(/usr/bin/stat -c %f "$file" 2>/dev/null) || continue
		mode=$(printf %o "0x$mode")
		case $mode in 4077[05]|40700) mode=40755 ;; esac
		echo "0 $mode $file"
	done
	exit ;;
*) exit 64 ;;
esac
shift 2
for file in "$@"; do
	size=$(wc -c <"$file")
	if [ -h "$file" ]; then echo "lrwxr-xr-x root wheel - 11"; else echo "-rw-r--r-- root wheel schg,nodump $((size))"; fi
done`,
    netstat: `[ "$*" = '-B --libxo json' ] || exit 64
if [ -e "$root/replay/asked" ]; then ${print('netstat-second')}; fi
: >"$root/replay/asked"
${print('netstat-first')}`,
    // One header, as the real one: "suppress header after first process"
    // (usr.bin/procstat/procstat.c).
    procstat: `case $* in
'--libxo json -f -a') ${print('procstat-f')} ;;
'-v '*)
	shift
	head -n 1 "$root/replay/map-$1"
	for pid in "$@"; do [ ! -e "$root/replay/map-$pid" ] || tail -n +2 "$root/replay/map-$pid"; done ;;
*) exit 64 ;;
esac`,
    ps: onlyFor('-axww -o pid,ppid,pgid,jid,user,stat,lstart,comm,args', print('ps')),
    ldd: `for program in "$@"; do
	[ -e "$root$program" ] || { echo "ldd: $program: No such file or directory" >&2; code=1; continue; }
	awk -v wanted="$program:" '/:$/ { on = $0 == wanted } on' "$root/replay/ldd"
done
exit \${code:-0}`,
    strings: `exec cat "$root/replay/strings\${1#"$root"}"`,
  };
}

const rcName = (path: string): string => path.replace(/.*\//, '').replaceAll('-', '_');

const rcScript = (path: string): string =>
  `#!/bin/sh\n\n# PROVIDE: ${rcName(path)}\n\nname="${rcName(path)}"\nrcvar="${rcName(path)}_enable"\n`;

const onlyFor = (args: string, body: string): string => `[ "$*" = '${args}' ] || exit 64\n${body}`;

/**
 * What an ordinary user gets (test/captures/freebsd-13.2/unprivileged-user.txt): an exit status of
 * 0, and nothing.
 */
const UNPRIVILEGED: Record<string, string> = {
  netstat: 'echo "netstat: net.bpf.stats: Operation not permitted" >&2',
  procstat: `case $* in
*'-f -a') echo '{"__version": "1", "procstat": {"files": {}}}' ;;
'-v '*) echo '  PID              START                END PRT  RES PRES REF SHD FLAG  TP PATH' ;;
esac`,
};

/** procstat -v by pid; each begins with the header. */
function memoryMaps(state: State): Map<string, string> {
  const maps = new Map<string, string>();
  for (const map of captured(state, 'procstat-v-bpf.txt').split(/^(?= +PID )/m)) {
    const pid = /^ *(\d+) /m.exec(map)?.[1];
    if (pid !== undefined) maps.set(pid, map);
  }
  return maps;
}
