import type {Host} from '../model/host.js';

import {Lanes} from './lanes.js';

/**
 * Hosts by the jump host they are reached through: the one this machine connects to, as the
 * inventory has it (what only ~/.ssh/config says is not known here).
 */
export const jumpLanes = (hosts: readonly Host[], perJumpHost: number | undefined): Lanes =>
  new Lanes(
    hosts.map(({proxyJump}) => proxyJump?.[0]),
    perJumpHost ?? Infinity,
  );
