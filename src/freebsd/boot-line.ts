import {sysctlInt} from './sysctl-conf.js';
import {ZEROCOPY} from './zerocopy-setting.js';

/**
 * What a line of a script does to the value, as far as it can be read: nothing; sets it to a number
 * (`certainly` when the line is that one command and no more); or may set it, to what is not known.
 */
export type LineEffect =
  | {readonly kind: 'none'}
  | {readonly kind: 'sets'; readonly number: number; readonly certainly: boolean}
  | {readonly kind: 'may-set'; readonly why: string};

const NONE: LineEffect = {kind: 'none'};
const may = (why: string): LineEffect => ({kind: 'may-set', why});

const NAMED = /net[./]bpf[./]zerocopy_enable["']?\s*[=:]\s*["']?([^\s"';|&)#>]*)/;
/**
 * `sysctl name=value`, with a user and @reboot in front in a crontab, and its output thrown away.
 */
const COMMAND =
  /^\s*(?:@reboot\s+(?:[\w-]+\s+)?)?(?:\/sbin\/)?sysctl(?:\s+-[a-zA-Z]+)*\s+["']?net\.bpf\.zerocopy_enable=["']?[^\s"';|&)#>]+["']?\s*(?:>\s*\/dev\/null\s*)?(?:2>\s*(?:&1|\/dev\/null)\s*)?(?:#.*)?$/;

export function effectOf(text: string): LineEffect {
  const [, value] = NAMED.exec(text) ?? [];
  if (value !== undefined) {
    const number = sysctlInt(value);
    if (number !== undefined) return {kind: 'sets', number, certainly: COMMAND.test(text)};
    return /[$`*]/.test(value) ? may('sh(1) makes the value') : NONE;
  }
  if (text.includes('[redacted]')) return may('part of it was hidden when it was collected');
  if (text.includes('[too long]')) return may('it is longer than what was collected');
  for (const [, words = ''] of text.matchAll(
    /(?:^|[^\w.-])(?:sysctl|\$\{?SYSCTL[A-Z_]*\}?)["']?((?:[ \t]+[^;|&)>\n]*)?)/g,
  )) {
    const effect = callEffect(words.trim());
    if (effect.kind !== 'none') return effect;
  }
  return NONE;
}

/** The words behind sysctl, none of which names the value plainly. */
function callEffect(words: string): LineEffect {
  let reads = false;
  for (const word of words.split(/[ \t]+/)) {
    if (/^-[A-Za-z]*f/.test(word)) return may('it loads a file of settings');
    if (/^-[A-Za-z]/.test(word)) {
      reads ||= /[nNdaAoX]/.test(word);
      continue;
    }
    const [name = ''] = word.split('=');
    const isPattern = /[$`*?]/.test(name);
    if (!isPattern || (reads && !word.includes('='))) continue;
    if (mayBe(name)) return may('sh(1) makes the name');
  }
  return NONE;
}

/** Whether what sh(1) fills in could make it the value's name, or a name and a value. */
function mayBe(name: string): boolean {
  const parts = name
    .replaceAll(/["']/g, '')
    .split(/\$\{[^}]*\}?|\$\w+|\$[@*(].*|`.*|\*|\?/)
    .map((part) => part.replaceAll(/[.+^${}()|[\]\\?*]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`).test(ZEROCOPY);
}
