import {Flags} from '@oclif/core';

import type {SshChoice} from '../../model/transport.js';
import type {Parsed} from '../flags.js';
import {connectionFlags, inventoryFlags, notifyFlag, paceFlags} from '../flags.js';

/** What started us runs scripts to their end: a watch has none. */
const HOLDING = ['ssh2', 'openssh', 'auto'] as const satisfies readonly SshChoice[];

/** The flags of `zbufctl watch`. */
export const watchFlags = {
  ...inventoryFlags,
  ...connectionFlags,
  transport: Flags.option({
    options: HOLDING,
    default: 'ssh2' as const,
    env: 'ZBUFCTL_TRANSPORT',
    summary: 'our SSH library, the ssh of this machine, or that where the library lacks something',
    helpGroup: 'CONNECTION',
  })(),
  ...paceFlags,
  interval: Flags.integer({
    helpValue: 'SECONDS',
    default: 60,
    min: 1,
    max: 86_400,
    env: 'ZBUFCTL_INTERVAL',
    summary: 'time from one sample of a host to its next; from 8 on, a stall is told within two',
    helpGroup: 'WATCH',
  }),
  count: Flags.integer({
    helpValue: 'N',
    min: 2,
    exclusive: ['for'],
    summary: 'end after N samples of each host; one that cannot be reached is tried N times',
    helpGroup: 'WATCH',
  }),
  for: Flags.string({
    helpValue: 'DURATION',
    summary: 'end after this time, e.g. 90s, 10m, 8h or 2d (default: on Ctrl-C)',
    helpGroup: 'WATCH',
  }),
  json: Flags.boolean({
    env: 'ZBUFCTL_JSON',
    summary: 'print each change as JSON, one a line',
    helpGroup: 'RESULT',
  }),
  metrics: Flags.string({
    helpValue: 'PORT',
    env: 'ZBUFCTL_METRICS',
    summary:
      'serve metrics for Prometheus on 127.0.0.1, or on ADDRESS:PORT of another loopback address',
    helpGroup: 'RESULT',
  }),
  notify: notifyFlag('tell this notifier of zbufctl.yaml what changed, once (repeatable)'),
};

export type WatchFlags = Parsed<typeof watchFlags>;
