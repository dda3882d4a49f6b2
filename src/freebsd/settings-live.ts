import type {Product} from '../model/evidence.js';

/**
 * Where the settings of an appliance really live: it writes the files of the base system anew from
 * there.
 */
export const SETTINGS_LIVE: Readonly<Record<Product['name'], string>> = {
  pfSense: 'System > Advanced > System Tunables',
  OPNsense: 'System > Settings > Tunables',
  TrueNAS: 'System > Tunables (type sysctl) in the web interface, or midclt',
  BSDRP: '/etc/sysctl.conf, which is in memory until `config save` copies it to /cfg',
  NanoBSD:
    'its configuration slice (/cfg, mounted while you copy sysctl.conf there); /etc is made anew at boot',
  other: "the appliance's own configuration",
};
