import type {Evidence} from '../../model/evidence.js';
import {SETTINGS_LIVE} from '../../freebsd/settings-live.js';

/**
 * Where the value has to be written so that it counts at boot; undefined: in /etc/sysctl.conf, as
 * on any FreeBSD.
 */
export const settingLives = ({identity}: Evidence): string | undefined =>
  identity.product.state === 'read' ? SETTINGS_LIVE[identity.product.value.name] : undefined;

/**
 * For a fix that sets the running value: what it takes beside that where no file of the base system
 * keeps it.
 */
export function forNextBoot(evidence: Evidence): string {
  const place = settingLives(evidence);
  return place === undefined ? '' : ` For the next boot, set it to 0 in ${place}.`;
}
