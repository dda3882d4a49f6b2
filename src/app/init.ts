import {parseInventory, renderInventory, userNameProblem} from '../inventory/index.js';
import type {InventoryAnswers} from '../inventory/index.js';
import type {Become} from '../model/host.js';
import {OperatorError} from '../model/operator-error.js';
import {wordsIn} from '../model/words.js';
import {listComplaints} from '../text/list-complaints.js';

import {gatherHosts} from './init-hosts.js';
import {gatherPolicy} from './init-policy.js';
import {policyChecker} from './policy-check.js';
import type {InitDeps, InitRequest, InitResult} from './init-ports.js';

/**
 * Makes a zbufctl.yaml from the command line, from what ssh and Ansible know, and from questions.
 * An existing file is replaced only after a yes, or with `force`.
 *
 * @returns undefined when the person gave up; nothing was written then
 * @throws OperatorError when nobody can be asked for what is missing (2), or a file is in the way
 *   (5)
 */
export async function init(request: InitRequest, deps: InitDeps): Promise<InitResult | undefined> {
  const overwrite = await mayOverwrite(request, deps);
  if (overwrite === undefined) return undefined;
  const answers = await gather(request, deps);
  if (answers === undefined) return undefined;

  const text = renderInventory(answers);
  const checkPolicy = policyChecker(deps.services, undefined);
  const read = parseInventory([{path: request.path, text}], {homeDirectory: '/', checkPolicy});
  if (!read.ok)
    throw new OperatorError(
      `the inventory would be invalid:\n${listComplaints(read.complaints)}`,
      'Run it again.',
    );
  if (!(await deps.write(request.path, text, overwrite))) throw inTheWay(request.path);
  const hosts = read.inventory.hosts.length;
  return {path: request.path, hosts, audit: await wantsAudit(hosts, request, deps)};
}

async function wantsAudit(
  hosts: number,
  request: InitRequest,
  {interview}: InitDeps,
): Promise<boolean> {
  if (request.audit !== undefined || interview === undefined) return request.audit ?? false;
  const which = hosts === 1 ? 'this host' : `these ${hosts} hosts`;
  return (await interview.confirm(`Audit ${which} now? It changes nothing.`, true)) === true;
}

/** undefined: better not. */
async function mayOverwrite(request: InitRequest, deps: InitDeps): Promise<boolean | undefined> {
  if (request.force) return true;
  if (!(await deps.isThere(request.path))) return false;
  if (deps.interview === undefined) throw inTheWay(request.path);
  const yes = await deps.interview.confirm(`${request.path} is there already. Replace it?`, false);
  return yes === true ? true : undefined;
}

const inTheWay = (path: string): OperatorError =>
  new OperatorError(
    `${path} is there already and was left as it is`,
    'Give another name with --file, or --force to replace it.',
    5,
  );

async function gather(request: InitRequest, deps: InitDeps): Promise<InventoryAnswers | undefined> {
  const {interview} = deps;
  const found = await gatherHosts(request, deps);
  if (found === undefined) return undefined;
  // What another inventory describes says itself who logs in, and how.
  const asks = interview !== undefined && found.hosts.length > 0;
  const user =
    request.user ??
    (asks
      ? await interview.text('Log in as (empty: what ssh_config says)', '', (text) =>
          text === '' ? undefined : userNameProblem(text),
        )
      : '');
  if (user === undefined) return undefined;
  const become =
    request.become ??
    (asks
      ? await interview.choose(
          'Become root with',
          wordsIn(BECOME_LABEL).map((value) => ({value, label: BECOME_LABEL[value]})),
          'none',
        )
      : 'none');
  if (become === undefined) return undefined;
  const policy = await gatherPolicy(request, interview, deps.services);
  if (policy === undefined) return undefined;
  return {...found, ...policy, ...(user === '' ? {} : {user}), become};
}

const BECOME_LABEL: Readonly<Record<Become, string>> = {
  none: 'none: the user above is root, or may read enough',
  sudo: 'sudo',
  doas: 'doas',
  su: 'su',
};
