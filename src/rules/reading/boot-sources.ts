import type {Evidence, Product} from '../../model/evidence.js';
import type {Reading} from '../../model/reading.js';
import {read, unreadable} from '../../model/reading.js';
import {sysctlInt} from '../../freebsd/sysctl-conf.js';
import type {Assignment} from '../../freebsd/zerocopy-setting.js';
import {assignmentsIn, BOOT_FILES, winnerOf} from '../../freebsd/zerocopy-setting.js';

import {kldAssignments} from './boot-modules.js';

type Assignments = Reading<readonly Assignment[]>;

/**
 * Where the value at boot comes from, before scripts have their say: on an appliance from what it
 * keeps itself.
 */
export function storedAssignments(evidence: Evidence): Assignments {
  const {product} = evidence.identity;
  switch (product.state) {
    case 'absent':
      return plainFiles(evidence);
    case 'unreadable':
      return unreadable(`whether an appliance owns the files: ${product.why}`);
    case 'read':
      return KEEPERS[product.value.name](evidence);
  }
}

/**
 * OPNsense applies its tunables from config.xml and starts no rc script without an rc variable,
 * such as rc.d/sysctl; pfSense's own rc does not run it either. Source: opnsense/core
 * src/etc/rc.freebsd and inc/system.inc (system_sysctl_get), pfsense/pfsense src/etc/pfSense-rc and
 * inc/system.inc (activate_sysctls), reading.
 */
const KEEPERS: Readonly<Record<Product['name'], (evidence: Evidence) => Assignments>> = {
  OPNsense: tunables,
  pfSense: tunables,
  BSDRP: savedFiles,
  NanoBSD: savedFiles,
  TrueNAS: () =>
    unreadable('TrueNAS sets it from the tunables of its middleware, which are not read'),
  other: () =>
    unreadable('an appliance sets it from a configuration of its own, which is not read'),
};

/** Whether rc.d/sysctl, and so the sysctl.conf files, have no part in the boot of this product. */
export const ignoresSysctlConf = (evidence: Evidence): boolean =>
  evidence.identity.product.state === 'read' &&
  KEEPERS[evidence.identity.product.value.name] === tunables;

function plainFiles(evidence: Evidence): Assignments {
  const files = bootFiles(evidence, (path) => path);
  if (files.state !== 'read') return files;
  const kld = kldAssignments(evidence, winnerOf(files.value)?.number ?? 0);
  return kld.state === 'read' ? read([...files.value, ...kld.value]) : kld;
}

/** The two files of rc.d/sysctl, or what stands for each. */
function bootFiles(evidence: Evidence, at: (path: string) => string): Assignments {
  const assignments: Assignment[] = [];
  for (const path of BOOT_FILES.map(at)) {
    const file = evidence.files.find((one) => one.path === path);
    if (file === undefined) return unreadable(`${path} is not in the evidence`);
    if (file.content.state === 'unreadable') return unreadable(`${path}: ${file.content.why}`);
    if (file.content.state === 'read') assignments.push(...assignmentsIn(path, file.content.value));
  }
  return read(assignments);
}

/**
 * The items of config.xml. Empty or "default" asks for the appliance's own default: neither has one
 * for this value.
 */
function tunables({tunables: stored}: Evidence): Assignments {
  if (stored === undefined) return unreadable('the tunables in config.xml were not collected');
  if (stored.state === 'absent') return unreadable('there is no config.xml, from which it is set');
  if (stored.state === 'unreadable') return unreadable(`the tunables in config.xml: ${stored.why}`);
  const {file, values, elsewhere} = stored.value;
  if (elsewhere > 0)
    return unreadable(`${file} names it outside the tunables, too: a command may set it`);
  if (values.some(({value}) => value.includes('?')))
    return unreadable(`${file}: a value that is not a number`);
  const last = values.at(-1);
  if (last === undefined || last.value === '' || last.value === 'default') return read([]);
  return read(values.map(({line, value}) => ({file, line, value, number: sysctlInt(value)})));
}

/** NanoBSD makes /etc at boot: of /conf/base/etc, and over it what was saved in /cfg. */
function savedFiles(evidence: Evidence): Assignments {
  const now = plainFiles(evidence);
  const boot = evidence.boot;
  if (now.state !== 'read') return now;
  if (boot?.state !== 'read') return unreadable('whether /cfg can be seen was not collected');
  const isSaved = (path: string): boolean =>
    evidence.files.some((file) => file.path === saved(path) && file.content.state !== 'absent');
  const next = bootFiles(evidence, (path) =>
    boot.value.savedConfiguration === 'visible' && isSaved(path)
      ? saved(path)
      : `/conf/base${path}`,
  );
  if (next.state !== 'read') return next;
  if (boot.value.savedConfiguration === 'visible') return next;
  // /cfg is mounted only while something is saved. A value that /etc has as it was shipped is what
  // boots; another one was either saved, or typed and not saved.
  const [is, shipped] = [winnerOf(now.value)?.number ?? 0, winnerOf(next.value)?.number ?? 0];
  if (is === shipped) return now;
  return unreadable(
    `/etc is in memory and says ${is}, the system was shipped with ${shipped}; whether the change was saved cannot be seen: /cfg is not mounted`,
  );
}

const saved = (path: string): string => path.replace('/etc/', '/cfg/');
