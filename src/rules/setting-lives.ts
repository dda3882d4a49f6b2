import type {Evidence} from '../model/evidence.js';
import {SETTINGS_LIVE} from '../text/settings-live.js';

/** Where the value has to be written so that it counts at boot; undefined: in /etc/sysctl.conf, as on any FreeBSD. */
export const settingLives = ({identity}: Evidence): string | undefined =>
  identity.product.state === 'read' ? SETTINGS_LIVE[identity.product.value.name] : undefined;
