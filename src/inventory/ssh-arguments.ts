import {quoted} from './complaint-book.js';
import type {Vars} from './draft.js';
import {isDefect, readDestination} from './host-names.js';
import {readProxyCommand} from '../text/proxy-command.js';
import type {PathBase} from './resolve-path.js';
import {resolvePath} from './resolve-path.js';
import {splitQuoted} from '../text/split-quoted.js';

interface Report {
  readonly key: string;
  readonly complain: (message: string, fix: string) => void;
  readonly warn: (message: string, fix: string) => void;
}

/** ssh(1) options that take an argument (ssh.c, getopt string). */
const WITH_ARGUMENT = 'BbcDEeFIiJLlmOopQRSWw';

/**
 * What we use of the command-line options for ssh in an Ansible variable: the jump hosts, keys and
 * known_hosts files. A ProxyCommand is a complaint, for without it another machine would be
 * reached; other options are ignored aloud.
 */
export function sshArguments(text: string, base: PathBase, report: Report): Vars {
  const words = splitQuoted(text);
  if (words === undefined) {
    report.complain(`${report.key} has a quote that is never closed`, 'Close it.');
    return {};
  }
  let vars: Vars = {};
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const letter = word.charAt(1);
    if (!/^-[A-Za-z0-9]/.test(word)) {
      report.complain(
        `${report.key} has the word ${quoted(word)}, which is not an option of ssh`,
        'Remove it.',
      );
      continue;
    }
    if (!WITH_ARGUMENT.includes(letter)) continue; // -C, -q, -A, -4 ...: change nothing we rely on
    const argument = word.length > 2 ? word.slice(2) : (words[++i] ?? '');
    vars = {...vars, ...readOption(letter, argument, base, report)};
  }
  return vars;
}

function readOption(letter: string, argument: string, base: PathBase, report: Report): Vars {
  if (letter === 'J') return setting('proxyjump', argument, base, report);
  if (letter === 'i') return setting('identityfile', argument, base, report);
  if (letter === 'o') {
    const [, name = '', value = ''] = /^\s*([A-Za-z0-9]+)\s*[=\s]\s*(.*)$/s.exec(argument) ?? [];
    return setting(name.toLowerCase(), value, base, report);
  }
  report.warn(
    `${report.key}: the option -${letter} is ignored`,
    'Put what you need of it into ~/.ssh/config.',
  );
  return {};
}

/**
 * Settings that change nothing here: multiplexing, keep-alive and the like are Ansible's way to be
 * fast.
 */
const HARMLESS =
  /^(?:control(?:master|path|persist)|serveralive.*|compression|connect.*|loglevel|batchmode|preferredauthentications|forwardagent|tcpkeepalive|addkeystoagent|requesttty|)$/;

function setting(name: string, value: string, base: PathBase, report: Report): Vars {
  switch (name) {
    case 'proxyjump':
      return jumps(value, report);
    case 'proxycommand':
      return proxied(value, base, report);
    case 'identityfile':
    case 'userknownhostsfile': {
      if (value === '/dev/null' || value === 'none') {
        report.warn(
          `${report.key}: ${name} ${value} is ignored`,
          'zbufctl always checks host keys: see --accept-new.',
        );
        return {};
      }
      const resolved = resolvePath(value, base);
      if ('path' in resolved)
        return name === 'identityfile'
          ? {identityFiles: [resolved.path]}
          : {knownHosts: [resolved.path]};
      report.complain(`${report.key}: ${name} ${resolved.message}`, resolved.fix);
      return {};
    }
    default:
      if (!HARMLESS.test(name))
        report.warn(
          `${report.key}: ${quoted(name)} is ignored`,
          'Put what you need of it into ~/.ssh/config.',
        );
      return {};
  }
}

/** `ssh -W` is a jump host; every other command would have to be run. */
function proxied(value: string, base: PathBase, report: Report): Vars {
  if (value.toLowerCase() === 'none') return {proxyJump: []};
  const read = readProxyCommand(value);
  if (read === undefined) {
    report.complain(
      `${report.key} has a ProxyCommand, which zbufctl does not run`,
      'zbufctl takes "ssh -W %h:%p HOST" for a jump host, with the options -p, -l, -i and -q; any other command has to become one (-J HOST).',
    );
    return {};
  }
  const identityFiles: string[] = [];
  for (const path of read.identityFiles) {
    const resolved = resolvePath(path, base);
    if ('path' in resolved) identityFiles.push(resolved.path);
    else
      report.complain(`${report.key}: the key of the jump host ${resolved.message}`, resolved.fix);
  }
  return {
    ...jumps(read.jump, report),
    ...(identityFiles.length === 0 ? {} : {jumpIdentityFiles: identityFiles}),
  };
}

function jumps(value: string, report: Report): Vars {
  if (value === 'none') return {proxyJump: []};
  const hops = value.split(',').map((hop) => hop.trim());
  for (const hop of hops) {
    const read = readDestination(hop);
    if (!isDefect(read)) continue;
    report.complain(`${report.key}: the jump host ${quoted(hop)} ${read.message}`, read.fix);
    return {};
  }
  return {proxyJump: hops};
}
