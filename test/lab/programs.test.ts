import {readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {execFileSync} from 'node:child_process';
import {join} from 'node:path';

import {afterEach, describe, expect, test} from 'vitest';

import type {PracticeRoot} from './practice-root.js';
import {machineOf, practiceRoot} from './practice-root.js';

const roots: PracticeRoot[] = [];
const open = (...args: Parameters<typeof machineOf>): PracticeRoot => {
  const root = practiceRoot(machineOf(...args));
  roots.push(root);
  return root;
};
afterEach(() => {
  for (const root of roots.splice(0)) root.remove();
});

const ZEROCOPY = 'net.bpf.zerocopy_enable';

describe('sysctl (facts: host-behaviour.md)', () => {
  test('setting prints old and new and is kept', () => {
    const host = open('healthy');
    expect(host.sh(`sysctl ${ZEROCOPY}=1; sysctl ${ZEROCOPY}; sysctl -n ${ZEROCOPY}`)).toEqual({
      out: `${ZEROCOPY}: 0 -> 1\n${ZEROCOPY}: 1\n1\n`,
      err: '',
      code: 0,
    });
  });

  test.each([
    ['sysctl net.bpf.nope', "sysctl: unknown oid 'net.bpf.nope'\n"],
    [`sysctl ${ZEROCOPY}=maybe`, "sysctl: invalid integer 'maybe'\n"],
    ['sysctl net.bpf=1', "sysctl: oid 'net.bpf' isn't a leaf node\n"],
    ['sysctl kern.osrelease=1', "sysctl: oid 'kern.osrelease' is read only\n"],
  ])('%s is refused with exit 1', (command, err) => {
    expect(open('healthy').sh(command)).toEqual({out: '', err, code: 1});
  });

  test('-T lists only tunables, and zerocopy_enable is none', () => {
    expect(open('healthy').sh('sysctl -T net.bpf').out).toBe('net.bpf.optimize_writers: 0\n');
  });

  test('a plain user and a jail can read, but not set', () => {
    const refused = {
      out: `${ZEROCOPY}: 0\n`,
      err: `sysctl: ${ZEROCOPY}=1: Operation not permitted\n`,
      code: 1,
    };
    expect(open('healthy').sh(`sysctl ${ZEROCOPY}=1`, 'ops')).toEqual(refused);
    expect(open('jail').sh(`sysctl ${ZEROCOPY}=1`)).toEqual(refused);
  });

  test('-f reads comments, blanks, colons and quotes, loads the rest after a bad line and exits with their number', () => {
    const host = open('healthy');
    writeFileSync(
      join(host.root, 'etc/try.conf'),
      `# first\n\n  ${ZEROCOPY} : "1" # why\nnope.x=1\nkern.ipc.somaxconn = 'many'\nkern.coredump=0\n`,
    );
    expect(host.sh('sysctl -f "$ZBUFCTL_ROOT/etc/try.conf"')).toEqual({
      out: `${ZEROCOPY}: 0 -> 1\nkern.coredump: 1 -> 0\n`,
      err: "sysctl: unknown oid 'nope.x' at line 4\nsysctl: invalid integer 'many' at line 5\n",
      code: 2,
    });
    expect(host.sh('sysctl -i -f "$ZBUFCTL_ROOT/etc/try.conf" 2>&1 | grep -c unknown').out).toBe(
      '0\n',
    );
  });

  test('hexadecimal is a number, and a value with a quote survives being stored', () => {
    const host = open('healthy');
    host.sh(`sysctl ${ZEROCOPY}=0x2 "kern.bootfile=it's"`);
    expect(host.sh(`sysctl -n ${ZEROCOPY} kern.bootfile`).out).toBe("2\nit's\n");
  });
});

describe('sysrc', () => {
  test('answers as on FreeBSD', () => {
    const host = open('healthy');
    expect(host.sh('sysrc -n pflog_enable').out).toBe('YES\n');
    expect(host.sh('sysrc -F pflog_enable').out).toBe('pflog_enable: /etc/rc.conf\n');
    expect(host.sh('sysrc -c pflog_enable=YES').code).toBe(0);
    expect(host.sh('sysrc -c pflog_enable=NO').code).toBe(1);
    expect(host.sh('sysrc -n nope')).toEqual({
      out: '',
      err: "sysrc: unknown variable 'nope'\n",
      code: 1,
    });
    expect(host.sh('sysrc net.bpf.x=1').code).toBe(1);
  });

  test('setting edits the last assignment in its file and leaves the other lines', () => {
    const host = open('healthy');
    const file = join(host.root, 'etc/rc.conf');
    const before = readFileSync(file, 'utf8');
    expect(host.sh('sysrc pflog_enable=NO').out).toBe('pflog_enable: YES -> NO\n');
    expect(readFileSync(file, 'utf8')).toBe(
      before.replace('pflog_enable="YES"', 'pflog_enable="NO"'),
    );
    expect(host.sh('service -e').out).not.toContain('/pflog\n');
  });

  test('rc.conf.local wins over rc.conf', () => {
    const host = open('healthy');
    writeFileSync(join(host.root, 'etc/rc.conf.local'), "pflog_enable='NO' # off\n");
    expect(host.sh('sysrc -n pflog_enable; service pflog enabled').code).toBe(1);
  });
});

describe('service', () => {
  test('says what runs, and what does not exist', () => {
    const host = open('healthy');
    expect(host.sh('service pflog status')).toMatchObject({
      out: 'pflog is running as pid 3363.\n',
      code: 0,
    });
    expect(host.sh('service nope status').code).toBe(1);
    expect(host.sh('service pflog enabled').code).toBe(0);
  });

  test('stopping takes the processes, descriptors and maps away; starting gives new ones', () => {
    const host = open('healthy');
    expect(host.sh('service pflog stop')).toMatchObject({out: 'Stopping pflog.\n', code: 0});
    expect(host.sh('netstat -B | wc -l; pgrep pflogd').out.trim()).toBe('1');
    expect(host.sh('service pflog start').out).toBe('Starting pflog.\n');
    expect(host.sh('netstat -B').out).toMatch(/^ 7003 pflog0 p--s--l .* pflogd$/m);
    expect(host.sh('procstat -v 7003').out).toMatch(/^ 7003 .*\/sbin\/pflogd$/m);
    expect(host.sh('ps -p 7003 -o pid,ppid,user').out).toContain('7003 7001 _pflogd');
  });

  test('a capture started while zero-copy is on stalls, one started while it is off does not', () => {
    const host = open('healthy');
    const moved = (): string =>
      host.sh('procstat -f -a | grep -c "rw------ *2 *0 .*/dev/bpf"').out.trim();
    host.sh(`sysctl ${ZEROCOPY}=1; service pflog restart`);
    expect(moved()).toBe('2');
    expect(host.sh('netstat -B; netstat -B').out.match(/ 12156 pflogd/g)).toHaveLength(2);
    host.sh(`sysctl ${ZEROCOPY}=0; pkill -KILL pflogd; service pflog start`);
    expect(moved()).toBe('0');
  });

  test('without zero-copy in the libpcap the value changes nothing', () => {
    const host = open('no-libpcap-zerocopy', '13.2');
    host.sh('service pflog restart');
    expect(host.sh('netstat -B; netstat -B | tail -n 1').out).toMatch(/ 0 pflogd$/m);
  });

  test('stopping a stalled pflogd waits for ever; SIGTERM does not end it, SIGKILL does', () => {
    const host = open('stalled-pflogd');
    expect(host.sh('timeout 1 service pflog stop').code).toBe(124);
    expect(host.sh('"$ZBUFCTL_ROOT/bin/kill" -TERM 3883; service pflog status').code).toBe(0);
    const {out, code} = host.sh(
      'service pflog stop & sleep 0.5; "${ZBUFCTL_ROOT:-}/bin/kill" -KILL 3883; wait $!; echo "stopped $?"',
    );
    expect(out).toBe('Stopping pflog.\nWaiting for PIDS: 3881.\nstopped 0\n');
    expect(code).toBe(0);
    expect(host.sh('service pflog status').code).toBe(1);
  });
});

describe('what a plain user sees (facts: host-behaviour.md)', () => {
  test('netstat -B and procstat say nothing useful and exit 0', () => {
    const host = open('healthy');
    expect(host.sh('netstat -B', 'ops')).toEqual({
      out: '',
      err: 'netstat: net.bpf.stats: Operation not permitted\n',
      code: 0,
    });
    expect(host.sh('procstat -f -a', 'ops').out.split('\n')).toHaveLength(2);
    expect(host.sh('procstat -v 3365', 'ops').out.split('\n')).toHaveLength(2);
    expect(host.sh('id', 'ops').out).toBe('uid=1001(ops) gid=1001(ops) groups=1001(ops)\n');
  });
});

describe('files that refuse to change', () => {
  test('an immutable file cannot be moved over, and the temporary file stays', () => {
    const host = open('immutable-file');
    const script =
      'f=$ZBUFCTL_ROOT/etc/sysctl.conf; t=$(mktemp "$f.XXXXXX") && echo new >"$t" && mv "$t" "$f"; echo $?; ls "$f".*';
    const {out, err} = host.sh(script);
    expect(err).toContain('Operation not permitted');
    expect(out).toMatch(/^1\n.*sysctl\.conf\.\w+\n$/);
    expect(host.sh('stat -f "%Sp %Su %Sg %Sf" "$ZBUFCTL_ROOT/etc/sysctl.conf"').out).toBe(
      '-rw-r--r-- root wheel schg\n',
    );
    expect(host.sh('chflags noschg "$ZBUFCTL_ROOT/etc/sysctl.conf"; ' + script).out).toMatch(
      /^0\n/,
    );
  });

  test('a read-only root refuses a temporary file beside the target, but not in /var', () => {
    const host = open('read-only-root');
    expect(host.sh('mktemp "$ZBUFCTL_ROOT/etc/x.XXXXXX"')).toMatchObject({code: 1, out: ''});
    expect(host.sh('mktemp "$ZBUFCTL_ROOT/var/db/x.XXXXXX"').code).toBe(0);
    expect(host.sh('mount').out).toContain('read-only');
  });

  test('a program can be told to fail, or to fail later', () => {
    const host = open('healthy');
    host.sh('mkdir "$ZBUFCTL_ROOT/.lab/fault"');
    const fault = join(host.root, '.lab/fault/mv');
    writeFileSync(fault, 'No space left on device\n1\n');
    const move = 'touch "$HOME/tmp/a"; mv "$HOME/tmp/a" "$HOME/tmp/b"';
    expect(host.sh(move).code).toBe(0);
    expect(host.sh(move)).toMatchObject({code: 1, err: 'mv: No space left on device\n'});
  });
});

test('kill never reaches a process of the machine the fleet runs on', () => {
  const host = open('healthy');
  const {out, err} = host.sh(
    'sleep 30 & "$ZBUFCTL_ROOT/bin/kill" -KILL $!; echo $?; kill -0 $! && echo alive; kill $!',
  );
  expect(out).toBe('1\nalive\n');
  expect(err).toContain('No such process');
});

test('daemon(8) gives the pid it writes down, and bin/kill ends it', () => {
  const host = open('healthy');
  const script = [
    'daemon -f -p "$HOME/var/run/x.pid" sleep 60',
    'read -r pid <"$HOME/var/run/x.pid"; kill -0 "$pid" && echo runs',
    '"$ZBUFCTL_ROOT/bin/kill" -KILL "$pid"; while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done; echo ended',
  ].join('\n');
  expect(host.sh(script).out).toBe('runs\nended\n');
});

test('lockf lets one in and answers 75 to the next', () => {
  const host = open('healthy');
  const {out} = host.sh(
    'lockf -k -t 0 "$HOME/var/run/l" sh -c "lockf -k -t 0 $HOME/var/run/l true; echo \\$?"',
  );
  expect(out).toBe('75\n');
});

test('the simulated programs pass shellcheck', () => {
  const folder = join(import.meta.dirname, '../../templates/lab');
  const files = ['bin', 'linux'].flatMap((name) =>
    readdirSync(join(folder, name)).map((file) => join(folder, name, file)),
  );
  expect(files.length).toBeGreaterThan(40);
  expect(() =>
    execFileSync('shellcheck', ['-x', '-s', 'sh', ...files], {encoding: 'utf8'}),
  ).not.toThrow();
});
