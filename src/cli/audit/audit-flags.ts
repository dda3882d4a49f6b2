import {Flags} from '@oclif/core';

import type {Parsed} from '../flags.js';
import {connectionFlags, inventoryFlags, resultFlags} from '../flags.js';

/** The flags of `zbufctl audit`. */
export const auditFlags = {
  ...inventoryFlags,
  ...connectionFlags,
  ...resultFlags,
  local: Flags.boolean({
    summary: 'audit this machine, without SSH',
    exclusive: ['from', 'inventory', 'group'],
    helpGroup: 'HOSTS',
  }),
  from: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'PATH',
    exclusive: ['local'],
    summary:
      'judge stored evidence: documents, collector output, a directory of them, or a run (repeatable)',
    helpGroup: 'HOSTS',
  }),
  'with-helper': Flags.boolean({
    env: 'ZBUFCTL_WITH_HELPER',
    summary:
      'also run the native program on each host: it reads the buffer mode, which no base tool shows',
    exclusive: ['from'],
    helpGroup: 'EVIDENCE',
  }),
  program: Flags.string({
    helpValue: 'FILE',
    dependsOn: ['with-helper'],
    summary: 'send this program instead of the one shipped for the machine',
    helpGroup: 'EVIDENCE',
  }),
};

export type AuditFlags = Parsed<typeof auditFlags>;
