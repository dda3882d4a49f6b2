import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterAll, beforeAll, describe, expect, test} from 'vitest';

import {CAPTURED_STATES, captureFolder, captureState} from './captured-state.js';
import {hostTree} from '../../src/lab/host-tree.js';
import {RELEASES} from '../../src/lab/machine.js';

const CAPTURES = join(import.meta.dirname, '..', 'captures');

/** Files of a state whose every byte follows from the state, but for what `settled` says. */
const DETERMINISTIC = [
  'uname.txt',
  'freebsd-version.txt',
  'sysctl-net.bpf.txt',
  'sysrc-a.txt',
  'service-e.txt',
  'netstat-B.txt',
  'netstat-B-json.txt',
  'procstat-f-bpf.txt',
  'procstat-v-bpf.txt',
  'ps.txt',
  'ps-json.txt',
  'libpcap-strings.txt',
  'tcpdump-version.txt',
  'ldd.txt',
] as const;

/** The awk this machine has, and (on Linux) the one FreeBSD has, which is pickier. */
const AWKS = process.platform === 'linux' ? ['awk', 'original-awk'] : ['awk'];

/**
 * Runs the command a capture names on the practice host, and writes down what came the way the
 * captures are.
 */
function answer(root: string, tools: string, command: string): string {
  const script = `${command}\nprintf '[exit status %d]\\n' $?\n`;
  const said = execFileSync('/bin/sh', ['-c', script], {
    env: {ZBUFCTL_ROOT: root, PATH: `${root}/bin:${tools}:/usr/bin:/bin`, LAB_UID: '0', TZ: 'UTC'},
    encoding: 'latin1',
  });
  return `$ ${command}\n${said}`;
}

/**
 * What differs from run to run on a real host, too: load addresses, and the pid of the second ps of
 * a capture.
 */
const settled: Readonly<Record<string, (text: string) => string>> = {
  'ldd.txt': (text) => text.replace(/\(0x[0-9a-f]+\)/g, '(0xADDRESS)'),
  'ps-json.txt': (text) => text.replace(/"pid":"\d+"(?=,[^}]*"command":"ps")/, '"pid":"PID"'),
};

const CASES = RELEASES.flatMap((release) =>
  CAPTURED_STATES.flatMap((state) => AWKS.map((awk) => ({release, state, awk}))),
);

describe.each(CASES)(
  'a practice host in the state $state of $release, with $awk',
  ({release, state, awk}) => {
    let folder = '';
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'zbufctl-lab-'));
      const root = join(folder, 'root');
      mkdirSync(join(folder, 'tools'));
      symlinkSync(
        execFileSync('which', [awk], {encoding: 'utf8'}).trim(),
        join(folder, 'tools/awk'),
      );
      hostTree(captureState(release, state), {
        root,
        sharedDir: join(folder, 'shared'),
        password: 'unused',
      });
    });
    afterAll(() => {
      rmSync(folder, {recursive: true});
    });

    test.each(DETERMINISTIC)('says what the capture %s says, byte for byte', (name) => {
      const capture = readFileSync(join(CAPTURES, captureFolder(release, state), name), 'latin1');
      const command = /^\$ (.*)$/m.exec(capture)?.[1] ?? '';

      const said = answer(join(folder, 'root'), join(folder, 'tools'), command);

      const exact = settled[name] ?? ((text: string): string => text);
      expect(exact(said)).toBe(exact(capture));
    });
  },
);
