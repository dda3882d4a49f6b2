import {Flags} from '@oclif/core';

import {BECOME} from '../model/host.js';
import {ZEROCOPY_WISHES} from '../model/policy.js';

import type {Parsed} from './flags.js';

/** The flags of `zbufctl init`; each answers a question. */
export const initFlags = {
  'from-ssh-config': Flags.boolean({
    summary: 'take the hosts that ~/.ssh/config names',
    helpGroup: 'HOSTS',
  }),
  'from-known-hosts': Flags.boolean({
    summary: 'take the hosts that ~/.ssh/known_hosts names; hashed names cannot be read',
    helpGroup: 'HOSTS',
  }),
  'from-ansible': Flags.string({
    helpValue: 'FILE',
    summary: 'take the hosts and groups of an Ansible inventory (INI or YAML)',
    helpGroup: 'HOSTS',
  }),
  user: Flags.string({helpValue: 'NAME', summary: 'who to log in as', helpGroup: 'HOSTS'}),
  become: Flags.option({options: BECOME, summary: 'how to become root', helpGroup: 'HOSTS'})(),
  zerocopy: Flags.option({
    options: ZEROCOPY_WISHES,
    summary: 'whether captures may be zero-copy: off, on, or auto (where proven safe)',
    helpGroup: 'POLICY',
  })(),
  keep: Flags.string({
    helpValue: 'SERVICE',
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
    summary: 'a service that must never be restarted (repeatable)',
    helpGroup: 'POLICY',
  }),
  window: Flags.string({
    helpValue: 'WHEN',
    summary: 'when hosts may be changed, e.g. "Sat,Sun 02:00-04:00"',
    helpGroup: 'POLICY',
  }),
  file: Flags.string({helpValue: 'FILE', default: 'zbufctl.yaml', summary: 'file to write'}),
  force: Flags.boolean({summary: 'replace an existing file without asking'}),
  audit: Flags.boolean({
    allowNo: true,
    summary: 'audit the hosts at once (changes nothing), or do not ask',
  }),
};

export type InitFlags = Parsed<typeof initFlags>;
