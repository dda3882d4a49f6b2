import {Flags} from '@oclif/core';

import type {Parsed} from '../flags.js';
import {
  AUDIT_OUTPUT,
  connectionFlags,
  helperFlags,
  inventoryFlags,
  notifyFlag,
  paceFlags,
  resultFlags,
} from '../flags.js';

/** The flags of `zbufctl audit`. */
export const auditFlags = {
  ...inventoryFlags,
  ...connectionFlags,
  ...paceFlags,
  ...resultFlags,
  output: AUDIT_OUTPUT,
  ...helperFlags,
  shard: Flags.string({
    helpValue: 'I/N',
    env: 'ZBUFCTL_SHARD',
    exclusive: ['local', 'from'],
    summary:
      'only part I of N of the hosts, told by their names; zbufctl runs merge joins the parts',
    helpGroup: 'HOSTS',
  }),
  'only-failed': Flags.boolean({
    exclusive: ['local', 'from', 'resume'],
    summary: 'only hosts that the newest audit did not assess (unreachable, unknown, not finished)',
    helpGroup: 'HOSTS',
  }),
  'failed-in': Flags.string({
    helpValue: 'RUN',
    exclusive: ['local', 'from', 'resume'],
    summary: 'only hosts that this audit did not assess (--only-failed: the newest)',
    helpGroup: 'HOSTS',
  }),
  resume: Flags.string({
    helpValue: 'RUN',
    exclusive: ['local', 'from', 'group', 'shard'],
    summary: 'resume an audit that was ended (or latest): hosts that answered are not asked again',
    helpGroup: 'HOSTS',
  }),
  local: Flags.boolean({
    summary: 'audit this machine, without SSH',
    exclusive: ['from', 'inventory', 'group'],
    helpGroup: 'HOSTS',
  }),
  notify: notifyFlag(
    'tell this notifier of zbufctl.yaml unless all is well; with --since, when anything changed (repeatable)',
  ),
  since: Flags.string({
    helpValue: 'RUN',
    exclusive: ['from'],
    summary: 'show only what changed since an audit, e.g. latest; nothing when nothing did',
    helpGroup: 'RESULT',
  }),
  from: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'PATH',
    exclusive: ['local', 'with-helper'],
    summary:
      'judge stored evidence: documents (also one a line), collector output, a directory of them, a run',
    helpGroup: 'HOSTS',
  }),
};

export type AuditFlags = Parsed<typeof auditFlags>;
