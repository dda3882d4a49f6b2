import {openLookups} from '../../app/judging.js';
import {checkKnowledge, undecidedWishes} from '../../export/check-knowledge.js';
import {writeScript} from '../../io/files/result-file.js';
import {loadCheckTemplate} from '../../io/package/templates.js';
import type {Host} from '../../model/host.js';
import {OperatorError} from '../../model/operator-error.js';
import {bareHost} from '../audit/kept-hosts.js';
import type {ExitCode} from '../exit-codes.js';
import {EXIT} from '../exit-codes.js';
import type {World} from '../world.js';

import type {CheckFlags} from './check-flags.js';

/** `zbufctl export check`: one sh file that checks a host on its own. */
export async function exportCheck(
  name: string | undefined,
  flags: CheckFlags,
  world: World,
): Promise<ExitCode> {
  const host = await hostMeant(name, flags, world);
  const {servicesFor} = await openLookups([host], world);
  const knowledge = checkKnowledge(servicesFor(host), host.policy, world.version);
  const script = loadCheckTemplate(flags.as, knowledge);
  const open = undecidedWishes(host.policy);
  if (open.length > 0)
    world.note(
      `The policy's ${open.join(', ')} cannot be compared on the host itself: the check says unknown where nothing is worse. Give it another policy with --policy.`,
    );
  if (flags.output === undefined) await world.terminal.result(script);
  else await writeScript(flags.output, script);
  return EXIT.clean;
}

/** The host whose policy counts; without one, what the inventory gives every host. */
async function hostMeant(name: string | undefined, flags: CheckFlags, world: World): Promise<Host> {
  if (name === undefined) return bareHost('any', 'any', await world.inventory(flags, true));
  const {hosts} = await world.hosts([name], flags);
  const [host] = hosts;
  if (host === undefined || hosts.length > 1)
    throw new OperatorError(
      `${name} means ${hosts.length} hosts`,
      'Name one: a check is made for one policy.',
    );
  return host;
}
