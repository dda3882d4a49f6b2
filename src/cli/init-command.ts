import type {InitRequest} from '../app/init-ports.js';
import {strangersText} from '../app/strangers.js';

import type {InitFlags} from './init-flags.js';
import type {World} from './world.js';

/** What the command line of `zbufctl init` says, without what it leaves to be asked. */
export function requestOf(
  hosts: readonly string[],
  flags: InitFlags,
): Omit<InitRequest, 'path'> & {readonly file: string} {
  const {file, force, user, become, zerocopy, keep, window, audit} = flags;
  const fromAnsible = flags['from-ansible'];
  return {
    file,
    force,
    hosts,
    fromSshConfig: flags['from-ssh-config'],
    fromKnownHosts: flags['from-known-hosts'],
    ...(fromAnsible === undefined ? {} : {fromAnsible}),
    ...(user === undefined ? {} : {user}),
    ...(become === undefined ? {} : {become}),
    ...(zerocopy === undefined ? {} : {zerocopy}),
    ...(keep === undefined ? {} : {keep}),
    ...(window === undefined ? {} : {window}),
    ...((audit as boolean | undefined) === undefined ? {} : {audit}),
  };
}

/** After the first audit: what is to be done about programs nobody described. */
export async function noteStrangers({
  store,
  terminal,
}: Pick<World, 'store' | 'terminal'>): Promise<void> {
  const newest = await store.latest('audit');
  if (newest === undefined) return;
  const {document} = await store.load(newest, 'zbufctl.audit/1');
  const text = strangersText(document.hosts);
  if (text !== '') terminal.note(`\n${text}`);
}
