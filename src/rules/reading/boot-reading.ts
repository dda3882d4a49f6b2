import type {Evidence} from '../../model/evidence.js';
import type {ShownReading} from '../../model/finding.js';
import type {Reading} from '../../model/reading.js';

import {shownReading} from './shown-reading.js';
import type {BootValue} from './boot-value.js';
import {describeBoot} from './describe-boot.js';

/** The boot value as a reading of a finding, with the places it was taken from. */
export const bootReading = (evidence: Evidence, boot: Reading<BootValue>): ShownReading =>
  shownReading('value the next boot sets', bootSources(evidence), boot, describeBoot);

function bootSources({identity, tunables}: Evidence): string {
  const {product} = identity;
  const files = '/etc/sysctl.conf, /etc/sysctl.conf.local';
  if (product.state !== 'read') return files;
  switch (product.value.name) {
    case 'OPNsense':
    case 'pfSense':
      return tunables?.state === 'read' ? tunables.value.file : 'config.xml';
    case 'BSDRP':
    case 'NanoBSD':
      return `${files}, /cfg, /conf/base`;
    case 'TrueNAS':
    case 'other':
      return product.value.name === 'other' ? 'an appliance' : product.value.name;
  }
}
