import {BECOME_METHODS} from '../model/host.js';
import {wordOf} from '../model/words.js';
import {listWords} from '../text/list-words.js';

import {SECRET_FIX} from './check-shape.js';
import type {ComplaintBook} from './complaint-book.js';
import {quoted} from './complaint-book.js';
import type {Vars} from './draft.js';
import {addressDefect, readPort, USER_NAME} from './host-names.js';
import type {PathBase} from './resolve-path.js';
import {resolvePath} from './resolve-path.js';
import {sshArguments} from './ssh-arguments.js';

/** A variable of an Ansible inventory. `vault`: encrypted; `structure`: no single value. */
export interface AnsibleVariable {
  readonly key: string;
  readonly line: number;
  readonly value:
    {readonly kind: 'text'; readonly text: string} | {readonly kind: 'vault' | 'structure'};
}

type Say = (message: string, fix: string) => void;

/** A variable we use, its text free of templates. */
interface Usable {
  readonly key: string;
  readonly text: string;
  readonly complain: Say;
  readonly warn: Say;
}

type Reader = (variable: Usable, base: PathBase) => Vars;

const address: Reader = ({key, text, complain}) => {
  const defect = addressDefect(text);
  if (defect === undefined) return {address: text};
  complain(`${key} ${quoted(text)} ${defect.message}`, defect.fix);
  return {};
};

const port: Reader = ({key, text, complain}) => {
  const read = readPort(text);
  if (read !== undefined) return {port: read};
  complain(
    `${key} is ${quoted(text)}, not a number from 1 to 65535`,
    'Write the TCP port of sshd.',
  );
  return {};
};

const user: Reader = ({key, text, complain}) => {
  if (USER_NAME.test(text)) return {user: text};
  complain(`${key} is ${quoted(text)}, which is not a user name`, 'Write the name to log in as.');
  return {};
};

const become: Reader = ({key, text, complain}) => {
  if (/^(?:true|yes|on|1|y|t)$/i.test(text)) return {becomeWanted: true};
  if (/^(?:false|no|off|0|n|f)$/i.test(text)) return {becomeWanted: false};
  complain(`${key} is ${quoted(text)}, neither true nor false`, 'Write true or false.');
  return {};
};

/**
 * The last word of a name: `community.general.doas` is the plugin doas of the collection
 * community.general.
 */
const pluginName = (text: string): string => /^[\w.]+\.(\w+)$/.exec(text)?.[1] ?? text;

const becomeMethod: Reader = ({key, text: written, complain}) => {
  const text = pluginName(written);
  const method = wordOf(BECOME_METHODS, text);
  if (method !== undefined) return {becomeMethod: method};
  const known = `It knows ${listWords(BECOME_METHODS)}.`;
  complain(`${key} is ${quoted(written)}, which zbufctl does not know`, known);
  return {};
};

const becomeUser: Reader = ({key, text, complain}) => {
  if (text !== 'root')
    complain(`${key} is ${quoted(text)}`, 'zbufctl becomes root or nobody: remove it.');
  return {};
};

const identity: Reader = ({key, text, complain}, base) => {
  const resolved = resolvePath(text, base);
  if ('path' in resolved) return {identityFiles: [resolved.path]};
  complain(`${key} ${resolved.message}`, resolved.fix);
  return {};
};

const connection: Reader = ({text}) =>
  /^(?:ssh|smart|paramiko(?:_ssh)?)$/.test(pluginName(text))
    ? {}
    : {foreignConnection: pluginName(text)};

const args: Reader = (variable, base) => sshArguments(variable.text, base, variable);

const READERS: Readonly<Record<string, Reader>> = {
  ansible_host: address,
  ansible_ssh_host: address,
  ansible_port: port,
  ansible_ssh_port: port,
  ansible_user: user,
  ansible_ssh_user: user,
  ansible_become: become,
  ansible_become_method: becomeMethod,
  ansible_become_user: becomeUser,
  ansible_ssh_private_key_file: identity,
  ansible_private_key_file: identity,
  ansible_connection: connection,
  ansible_ssh_args: args,
  ansible_ssh_common_args: args,
  ansible_ssh_extra_args: args,
};

/** Variables that change how Ansible gets in and that have no counterpart here. */
const IGNORED = /^ansible_(?:become_(?:exe|flags)|ssh_executable|shell_type|ssh_transfer_method)$/;
const PASSWORD = /^ansible_(?:.*_)?(?:password|pass|passphrase)$/;

/**
 * The connection variables among these; the rest is Ansible's business. No secret is kept or
 * repeated.
 */
export function readAnsibleVars(
  variables: readonly AnsibleVariable[],
  base: PathBase,
  book: ComplaintBook,
): Vars {
  let vars: Vars = {};
  for (const variable of variables) vars = {...vars, ...readVariable(variable, base, book)};
  return vars;
}

function readVariable(
  {key, line, value}: AnsibleVariable,
  base: PathBase,
  book: ComplaintBook,
): Vars {
  const at = {file: base.file, line};
  if (PASSWORD.test(key)) {
    book.warn(at, `${key} is ignored`, SECRET_FIX);
    return {};
  }
  const reader = Object.hasOwn(READERS, key) ? READERS[key] : undefined;
  if (reader === undefined) {
    if (value.kind === 'vault')
      book.warn(
        at,
        `${quoted(key)} is encrypted with ansible-vault and ignored`,
        'zbufctl does not need it.',
      );
    if (IGNORED.test(key))
      book.warn(
        at,
        `${key} is ignored`,
        'zbufctl connects by itself; check that it gets in without.',
      );
    return {};
  }
  if (value.kind !== 'text') {
    const what = value.kind === 'vault' ? 'encrypted with ansible-vault' : 'not a single value';
    book.complain(at, `${key} is ${what}`, 'Write it in the clear: zbufctl needs it to connect.');
    return {};
  }
  if (/\{\{|\{%/.test(value.text)) {
    book.complain(at, `${key} is a template; zbufctl evaluates none`, 'Write the value itself.');
    return {};
  }
  const usable: Usable = {
    key,
    text: value.text,
    complain: (message, fix) => {
      book.complain(at, message, fix);
    },
    warn: (message, fix) => {
      book.warn(at, message, fix);
    },
  };
  return reader(usable, base);
}
