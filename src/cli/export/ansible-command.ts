import {collectorScript} from '../../app/collector-script.js';
import {openLookups} from '../../app/judging.js';
import {ansibleCollection, policyGroups} from '../../export/ansible.js';
import {checkKnowledge} from '../../export/check-knowledge.js';
import {writeExportFolder} from '../../io/files/export-folder.js';
import {loadAnsibleTemplates} from '../../io/package/ansible-templates.js';
import {loadCheckTemplate, loadCollectTemplate} from '../../io/package/templates.js';
import type {Host} from '../../model/host.js';
import {plural} from '../../report/terminal/page.js';
import {bareHost} from '../audit/kept-hosts.js';
import type {ExitCode} from '../exit-codes.js';
import {EXIT} from '../exit-codes.js';
import {shareOf} from '../share-of.js';
import {sizeOf} from '../terminal/write-outputs.js';
import type {World} from '../world.js';

import type {AnsibleFlags} from './ansible-flags.js';

/** `zbufctl export ansible`: the collection zbufctl.freebsd, for these hosts and policies. */
export async function exportAnsible(flags: AnsibleFlags, world: World): Promise<ExitCode> {
  shareOf(flags.batch, '--batch');
  shareOf(flags['max-failures'], '--max-failures');
  const inventory = await world.inventory(flags, true);
  const any = bareHost('any', 'any', inventory);
  const hosts = [...inventory.hosts, any];
  const {servicesFor} = await openLookups(hosts, world);
  const checkFor = (host: Host): string =>
    loadCheckTemplate('nagios', checkKnowledge(servicesFor(host), host.policy, world.version));
  const files = ansibleCollection(loadAnsibleTemplates(), {
    version: world.version,
    collector: collectorScript(loadCollectTemplate(), hosts, servicesFor, flags.timeout * 1000),
    check: checkFor(any),
    checks: policyGroups(inventory.hosts, any).map(({first, hosts: names}) => ({
      hosts: names,
      script: checkFor(first),
    })),
    canary: flags.canary,
    batch: flags.batch,
    maxFailures: flags['max-failures'],
  });
  const bytes = await writeExportFolder(flags.out, files);
  world.note(`Wrote ${flags.out} (${plural(files.size, 'file')}, ${sizeOf(bytes)}).`);
  return EXIT.clean;
}
