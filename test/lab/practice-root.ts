import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {hostTree} from '../../src/lab/host-tree.js';
import type {Machine, Release} from '../../src/lab/machine.js';
import type {ScenarioName} from '../../src/lab/scenarios.js';
import {SCENARIOS} from '../../src/lab/scenarios.js';

export interface Said {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
}

/** A practice host on disk without an SSH server, and a shell on it. */
export interface PracticeRoot {
  readonly root: string;
  sh(script: string, as?: 'root' | 'ops'): Said;
  remove(): void;
}

export const machineOf = (scenario: ScenarioName, release: Release = '15.1'): Machine =>
  SCENARIOS[scenario].machine({release, hostname: 'fw01.example.net', bootTime: 1_700_000_000});

export function practiceRoot(machine: Machine): PracticeRoot {
  const folder = mkdtempSync(join(tmpdir(), 'zbufctl-root-'));
  const root = join(folder, 'host');
  hostTree(machine, {root, sharedDir: join(folder, 'shared'), password: 'right'});
  return {
    root,
    sh(script, as = 'root') {
      const {stdout, stderr, status} = spawnSync('/bin/sh', ['-s'], {
        input: script,
        encoding: 'latin1',
        timeout: 30_000,
        env: {
          ZBUFCTL_ROOT: root,
          PATH: `${root}/bin:/usr/bin:/bin`,
          HOME: root,
          TZ: 'UTC',
          LAB_UID: as === 'root' ? '0' : '1001',
          LAB_USER: as,
        },
      });
      return {out: stdout, err: stderr, code: status};
    },
    remove() {
      rmSync(folder, {recursive: true, force: true});
    },
  };
}
