import {splitQuoted} from './split-quoted.js';

/** The jump host a ProxyCommand stands for. */
export interface ProxyJumpHost {
  /** `[user@]host[:port]`, as in ssh -J. */
  readonly jump: string;
  /** Key files for the jump host, as written. */
  readonly identityFiles: readonly string[];
}

/** Options of ssh(1) without an argument that change nothing for us. */
const FLAGS = /^-[46AaCkNnqTvXx]+$/;
/**
 * Settings that only make ssh faster, quieter or less careful; host keys are checked whatever they
 * say.
 */
const HARMLESS =
  /^(?:control(?:master|path|persist)|serveralive\w*|compression|connect\w*|loglevel|batchmode|forwardagent|tcpkeepalive|requesttty|identitiesonly|stricthostkeychecking|userknownhostsfile|globalknownhostsfile|checkhostip|hashknownhosts|updatehostkeys)$/;

/**
 * Reads `ssh ... -W %h:%p ... [user@]host`, which does what a jump host does, with options that
 * mean nothing else. undefined: it is another command, which only ssh(1) could run.
 */
export function readProxyCommand(command: string): ProxyJumpHost | undefined {
  const words = [...(splitQuoted(command.trim()) ?? [])];
  if (words[0] === 'exec') words.shift();
  if (!/^(?:\/\S*\/)?ssh$/.test(words.shift() ?? '')) return undefined;
  const seen = {forwards: false};
  let user: string | undefined;
  let port: string | undefined;
  const identityFiles: string[] = [];
  const destinations: string[] = [];

  const option = (letter: string, value: string): boolean => {
    switch (letter) {
      case 'W':
        seen.forwards = /^\[?%h\]?:%p$/.test(value);
        return seen.forwards;
      case 'p':
        port = value;
        return true;
      case 'l':
        user = value;
        return true;
      case 'i':
        identityFiles.push(value);
        return value !== '';
      case 'o': {
        const [, name = '', setting = ''] = /^\s*(\w+)\s*[=\s]\s*(.*?)\s*$/s.exec(value) ?? [];
        const letterOf = {port: 'p', user: 'l', identityfile: 'i'}[name.toLowerCase()];
        return letterOf === undefined
          ? HARMLESS.test(name.toLowerCase())
          : option(letterOf, setting);
      }
      default:
        return false;
    }
  };

  while (words.length > 0) {
    const word = words.shift() ?? '';
    if (!word.startsWith('-')) destinations.push(word);
    else if (!FLAGS.test(word)) {
      const value = word.length > 2 ? word.slice(2) : (words.shift() ?? '');
      if (!option(word.charAt(1), value)) return undefined;
    }
  }
  const [destination, ...rest] = destinations;
  if (!seen.forwards || destination === undefined || rest.length > 0) return undefined;
  const jump = jumpOf(destination, user, port);
  return jump === undefined ? undefined : {jump, identityFiles};
}

/** `[user@]host[:port]`; a leading dash or a token (%r) is no name. */
const DESTINATION =
  /^(?:ssh:\/\/)?(?:([^@\s%-][^@\s%]*)@)?(\[[^\]\s%]+\]|[^@:[\]\s%-][^@:[\]\s%]*)(?::(\d{1,5}))?$/;

/** What is in the destination comes before what the options say, as for ssh(1). */
function jumpOf(
  destination: string,
  user: string | undefined,
  port: string | undefined,
): string | undefined {
  const read = DESTINATION.exec(destination);
  if (read === null) return undefined;
  const [, name = user, host = '', number = port] = read;
  const jump = `${name === undefined ? '' : `${name}@`}${host}${number === undefined ? '' : `:${number}`}`;
  return DESTINATION.test(jump) ? jump : undefined;
}
