import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterAll, beforeAll, describe, expect, test} from 'vitest';

import {CAPTURED_STATES, captureFolder, captureState} from '../../src/lab/captured-state.js';
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

/** Runs the command a capture names on the practice host, and writes down what came the way the captures are. */
function answer(root: string, command: string): string {
  const script = `${command}\nprintf '[exit status %d]\\n' $?\n`;
  const said = execFileSync('/bin/sh', ['-c', script], {
    env: {ZBUFCTL_ROOT: root, PATH: `${root}/bin:/usr/bin:/bin`, LAB_UID: '0', TZ: 'UTC'},
    encoding: 'latin1',
  });
  return `$ ${command}\n${said}`;
}

/** What differs from run to run on a real host, too: load addresses, and the pid of the second ps of a capture. */
const settled: Readonly<Record<string, (text: string) => string>> = {
  'ldd.txt': (text) => text.replace(/\(0x[0-9a-f]+\)/g, '(0xADDRESS)'),
  'ps-json.txt': (text) => text.replace(/"pid":"\d+"(?=,[^}]*"command":"ps")/, '"pid":"PID"'),
};

describe.each(RELEASES.flatMap((release) => CAPTURED_STATES.map((state) => ({release, state}))))(
  'a practice host in the state $state of $release',
  ({release, state}) => {
    let folder = '';
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'zbufctl-lab-'));
      const root = join(folder, 'root');
      hostTree(captureState(release, state), {root, sharedDir: join(folder, 'shared'), password: 'unused'});
    });
    afterAll(() => {
      rmSync(folder, {recursive: true});
    });

    test.each(DETERMINISTIC)('says what the capture %s says, byte for byte', (name) => {
      const capture = readFileSync(join(CAPTURES, captureFolder(release, state), name), 'latin1');
      const command = /^\$ (.*)$/m.exec(capture)?.[1] ?? '';

      const said = answer(join(folder, 'root'), command);

      const exact = settled[name] ?? ((text: string): string => text);
      expect(exact(said)).toBe(exact(capture));
    });
  },
);
