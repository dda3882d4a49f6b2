import {Flags} from '@oclif/core';

import type {Parsed} from '../flags.js';
import {connectionFlags, inventoryFlags, resultFlags} from '../flags.js';

/** The flags of `zbufctl probe`. */
export const probeFlags = {
  ...inventoryFlags,
  ...connectionFlags,
  ...resultFlags,
  local: Flags.boolean({
    summary: 'probe this machine',
    exclusive: ['inventory', 'group', 'program'],
    helpGroup: 'HOSTS',
  }),
  model: Flags.boolean({
    summary: 'ask the model of the kernel on this Linux machine; proves nothing about a kernel',
    exclusive: ['inventory', 'group', 'program'],
    helpGroup: 'HOSTS',
  }),
  program: Flags.string({
    helpValue: 'FILE',
    summary: 'send this program instead of the one shipped for the machine',
    helpGroup: 'PROBE',
  }),
  bench: Flags.boolean({
    summary: 'also measure buffered against zero-copy capture',
    helpGroup: 'PROBE',
  }),
  'allow-enable': Flags.boolean({
    summary: 'set net.bpf.zerocopy_enable for microseconds where it is 0, and restore it',
    helpGroup: 'PROBE',
  }),
  only: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'CELL',
    summary: 'only MODE[/INHERIT[/SCENARIO]]; * for all (repeatable)',
    helpGroup: 'PROBE',
  }),
  interface: Flags.string({
    helpValue: 'NAME',
    summary: 'capture there instead of lo0 (sends multicast with TTL 1)',
    helpGroup: 'PROBE',
  }),
  'time-limit': Flags.integer({
    default: 15,
    min: 1,
    max: 60,
    helpValue: 'SECONDS',
    summary: 'the probe ends itself after that',
    helpGroup: 'PROBE',
  }),
};

export type ProbeFlags = Parsed<typeof probeFlags>;
