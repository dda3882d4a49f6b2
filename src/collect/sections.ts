import * as boot from './facts/boot.js';
import * as configFiles from './facts/config-files.js';
import * as descriptors from './facts/descriptors.js';
import * as holders from './facts/holders.js';
import * as identity from './facts/identity.js';
import * as linking from './facts/linking.js';
import * as memoryMap from './facts/memory-map.js';
import * as modes from './facts/modes.js';
import * as processList from './facts/process-list.js';
import * as product from './facts/product.js';
import * as programs from './facts/programs.js';
import * as rcFiles from './facts/rc-files.js';
import * as rcSettings from './facts/rc-settings.js';
import * as sysctls from './facts/sysctls.js';
import type {SectionKinds} from './section.js';

/** Every section this version knows, by name; each is declared where it is parsed. */
export const SECTIONS: SectionKinds = {
  ...boot.SECTIONS,
  ...configFiles.SECTIONS,
  ...descriptors.SECTIONS,
  ...holders.SECTIONS,
  ...identity.SECTIONS,
  ...linking.SECTIONS,
  ...memoryMap.SECTIONS,
  ...modes.SECTIONS,
  ...processList.SECTIONS,
  ...product.SECTIONS,
  ...programs.SECTIONS,
  ...rcFiles.SECTIONS,
  ...rcSettings.SECTIONS,
  ...sysctls.SECTIONS,
};
