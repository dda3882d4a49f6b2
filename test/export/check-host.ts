import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {parseCollectorOutput} from '../../src/collect/collector-output.js';
import {checkKnowledge} from '../../src/export/check-knowledge.js';
import {loadCheckTemplate} from '../../src/io/package/templates.js';
import type {CheckFormat} from '../../src/model/check-format.js';
import type {Evidence} from '../../src/model/evidence.js';
import type {Posture} from '../../src/model/finding.js';
import type {Policy} from '../../src/model/policy.js';
import {judgeAll} from '../../src/rules/index.js';
import {posture} from '../../src/rules/posture.js';
import {META} from '../collect/replay/replay-host.js';
import {SERVICES} from '../knowledge/sources.js';

export const checkText = (format: CheckFormat, policy: Policy = {}): string =>
  loadCheckTemplate(format, checkKnowledge(SERVICES, policy, '0.1.0'));

export interface Checked {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
}

/** Checks as files, as they lie on a host. */
export class Checks {
  readonly folder = mkdtempSync(join(tmpdir(), 'zbufctl-check-'));

  file(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  /** Runs a check on the practice host at root. */
  run(path: string, root: string, args: readonly string[] = [], uid = '0'): Checked {
    const {stdout, stderr, status} = spawnSync('/bin/sh', [path, ...args], {
      encoding: 'latin1',
      env: {
        ZBUFCTL_ROOT: root,
        PATH: `${root}/bin:/usr/bin:/bin`,
        HOME: root,
        TZ: 'UTC',
        LAB_UID: uid,
        LAB_USER: uid === '0' ? 'root' : 'ops',
      },
    });
    return {out: stdout, err: stderr, code: status};
  }

  /** What the check makes of frames somebody else collected. */
  judge(frames: string, awk = ''): string {
    const path = this.file(
      'judge.sh',
      checkText('nagios').replace(
        'main "$@" </dev/null; exit',
        `${awk === '' ? 'awk' : awk} "$judge"`,
      ),
    );
    const {stdout, stderr} = spawnSync('/bin/sh', [path], {
      input: Buffer.from(frames, 'latin1'),
      encoding: 'latin1',
    });
    return stdout + stderr;
  }

  remove(): void {
    rmSync(this.folder, {recursive: true});
  }
}

/** The posture among the lines of a verdict. */
export const postureIn = (verdict: string): string | undefined =>
  /^posture\t(.*)$/m.exec(verdict)?.[1];

/** What an audit says of the same frames. */
export function auditOf(frames: string, policy: Policy = {}): Posture {
  const result = parseCollectorOutput(Buffer.from(frames, 'latin1'), META);
  if (!result.ok) throw new Error(result.error.message);
  const evidence: Evidence = result.value;
  return posture(evidence, judgeAll({evidence, services: SERVICES, policy}));
}
