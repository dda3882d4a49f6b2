import type {Interfaces} from '@oclif/core';
import {Flags} from '@oclif/core';

import {SEVERITIES} from '../model/finding.js';
import {TRANSPORTS} from '../model/transport.js';
import {REPORT_ONLY_FORMATS, RUN_FORMATS} from '../report/format-names.js';

/** Flags several commands share, each with its ZBUFCTL_* variable. One meaning everywhere. */
export const inventoryFlags = {
  inventory: Flags.string({
    char: 'i',
    helpValue: 'FILE',
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
    env: 'ZBUFCTL_INVENTORY',
    summary: 'inventory: zbufctl.yaml, an Ansible inventory, or one host per line',
    helpGroup: 'HOSTS',
  }),
  group: Flags.string({
    char: 'g',
    helpValue: 'NAME',
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
    env: 'ZBUFCTL_GROUP',
    summary: 'only hosts of this group (repeatable)',
    helpGroup: 'HOSTS',
  }),
  policy: Flags.string({
    helpValue: 'FILE',
    env: 'ZBUFCTL_POLICY',
    summary: 'policy file; overrides the policy of the inventory',
    helpGroup: 'HOSTS',
  }),
};

export const connectionFlags = {
  concurrency: Flags.integer({
    helpValue: 'N',
    default: 32,
    min: 1,
    max: 512,
    env: 'ZBUFCTL_CONCURRENCY',
    summary: 'hosts at a time',
    helpGroup: 'CONNECTION',
  }),
  timeout: Flags.integer({
    helpValue: 'SECONDS',
    default: 60,
    min: 1,
    max: 3600,
    env: 'ZBUFCTL_TIMEOUT',
    summary: 'time limit per host',
    helpGroup: 'CONNECTION',
  }),
  transport: Flags.option({
    options: TRANSPORTS,
    default: 'ssh2' as const,
    env: 'ZBUFCTL_TRANSPORT',
    summary:
      'our SSH library, the ssh of this machine, that where the library lacks something, or what started zbufctl',
    helpGroup: 'CONNECTION',
  })(),
  'accept-new': Flags.boolean({
    env: 'ZBUFCTL_ACCEPT_NEW',
    summary: 'add host keys not seen before to known_hosts (changed keys are always refused)',
    helpGroup: 'CONNECTION',
  }),
};

/** How fast new connections are made. */
export const paceFlags = {
  rate: Flags.integer({
    helpValue: 'N',
    min: 1,
    max: 10_000,
    env: 'ZBUFCTL_RATE',
    summary: 'at most N new connections a second, each a little off the beat',
    helpGroup: 'CONNECTION',
  }),
  'per-jump-host': Flags.integer({
    helpValue: 'N',
    min: 1,
    max: 512,
    env: 'ZBUFCTL_PER_JUMP_HOST',
    summary: 'at most N hosts at a time through one jump host of the inventory',
    helpGroup: 'CONNECTION',
  }),
};

/** Where the kernel may be asked for what no base tool shows. */
export const helperFlags = {
  'with-helper': Flags.boolean({
    env: 'ZBUFCTL_WITH_HELPER',
    summary:
      'also run the native program on each host: it reads the buffer mode, which no base tool shows',
    helpGroup: 'EVIDENCE',
  }),
  program: Flags.string({
    helpValue: 'FILE',
    dependsOn: ['with-helper'],
    summary: 'send this program instead of the one shipped for the machine',
    helpGroup: 'EVIDENCE',
  }),
};

export const consentFlags = {
  yes: Flags.boolean({
    char: 'y',
    summary: 'do not ask: for scripts, after the plan was read',
    helpGroup: 'SAFETY',
  }),
};

/** How many hosts are taken at a time, and when to stop. */
export const waveFlags = {
  canary: Flags.integer({
    helpValue: 'N',
    default: 1,
    env: 'ZBUFCTL_CANARY',
    min: 0,
    summary: 'hosts to change first; when one of them is not changed, everything stops',
    helpGroup: 'SAFETY',
  }),
  batch: Flags.string({
    helpValue: 'N|N%',
    default: '25%',
    env: 'ZBUFCTL_BATCH',
    summary: 'hosts to change together after the canaries',
    helpGroup: 'SAFETY',
  }),
  'max-failures': Flags.string({
    helpValue: 'N|N%',
    default: '0',
    env: 'ZBUFCTL_MAX_FAILURES',
    summary: 'stop when more hosts than this are unreachable, refused, rolled back or lost',
    helpGroup: 'SAFETY',
  }),
  'accept-no-reboot-guard': Flags.boolean({
    summary: 'also change hosts where nothing would undo an unconfirmed change after a reboot',
    helpGroup: 'SAFETY',
  }),
};

/** -o of a command that has these formats. */
export const outputFlag = (formats: readonly string[]) =>
  Flags.string({
    char: 'o',
    helpValue: 'FORMAT[:FILE]',
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
    env: 'ZBUFCTL_OUTPUT',
    summary: `format of the result, and where to (repeatable): ${formats.join(', ')}`,
    helpGroup: 'RESULT',
  });

/** Formats of an audit and of a report of it, and of every other result. */
export const AUDIT_OUTPUT = outputFlag([...RUN_FORMATS, ...REPORT_ONLY_FORMATS]);

export const resultFlags = {
  json: Flags.boolean({
    env: 'ZBUFCTL_JSON',
    summary: 'print the result as JSON (the same as -o json)',
    helpGroup: 'RESULT',
  }),
  output: outputFlag(['table', 'json']),
  'fail-on': Flags.option({
    options: SEVERITIES,
    default: 'high' as const,
    env: 'ZBUFCTL_FAIL_ON',
    summary: 'exit with 3 when a finding is at least this severe',
    helpGroup: 'RESULT',
  })(),
};

export const globalFlags = {
  'state-dir': Flags.string({
    helpValue: 'DIR',
    env: 'ZBUFCTL_STATE_DIR',
    summary: 'where runs are kept (default $XDG_STATE_HOME/zbufctl)',
    helpGroup: 'GLOBAL',
  }),
  color: Flags.boolean({
    allowNo: true,
    default: true,
    env: 'ZBUFCTL_COLOR',
    summary: 'colours on a terminal (NO_COLOR is respected, too)',
    helpGroup: 'GLOBAL',
  }),
  quiet: Flags.boolean({
    char: 'q',
    env: 'ZBUFCTL_QUIET',
    exclusive: ['verbose'],
    summary: 'no progress and no warnings',
    helpGroup: 'GLOBAL',
  }),
  verbose: Flags.boolean({
    char: 'v',
    env: 'ZBUFCTL_VERBOSE',
    summary: 'more: every finding with its readings',
    helpGroup: 'GLOBAL',
  }),
};

const {group: _group, ...wholeInventory} = inventoryFlags;
const {'fail-on': _failOn, ...shownResult} = resultFlags;
/** Where a plan or a run says which hosts: no groups, and no severities either. */
export const plannedFlags = {
  ...wholeInventory,
  ...connectionFlags,
  ...shownResult,
  ...consentFlags,
};

/** What oclif makes of flags, for the functions that take them. */
export type Parsed<T extends Interfaces.FlagInput> = Interfaces.InferredFlags<T>;
export type HostFlags = Partial<Parsed<typeof inventoryFlags>>;
export type ConnectionFlags = Parsed<typeof connectionFlags>;
export type PaceFlags = Parsed<typeof paceFlags>;

/** Whom to tell, by their names in the inventory. */
export const notifyFlag = (summary: string) =>
  Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
    helpValue: 'NAME',
    env: 'ZBUFCTL_NOTIFY',
    summary,
    helpGroup: 'RESULT',
  });
