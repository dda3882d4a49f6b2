/**
 * The prose fields of capture-services.yaml in plain form. Each function knows the few forms the
 * file uses and gives `undefined` for any other, so that a new form becomes a complaint at build
 * time and not a wrong value.
 */

/** No value: "none", "none known", "none (ifconfig_<if>=DHCP)", "unverified". */
const NOTHING = /^(none|unverified)\b/;

/** A name, perhaps with a remark: "dhclient (per interface, started by netif/devd)". */
const NAME = /^([A-Za-z0-9][A-Za-z0-9._<>-]*)(?: \([^()]*\))?$/;

export type Plain<T> = {readonly form: 'known'; readonly value: T} | {readonly form: 'new'};

/** rc_script and rcvar: a name, or nothing. */
export function plainName(text: string): Plain<string | undefined> {
  if (NOTHING.test(text)) return {form: 'known', value: undefined};
  const name = NAME.exec(text)?.[1];
  return name === undefined ? {form: 'new'} : {form: 'known', value: name};
}

/**
 * flags_var: names separated by commas; other variables of the script, named in parentheses, hold
 * no flags.
 */
export function plainVariables(text: string): Plain<readonly string[]> {
  if (NOTHING.test(text)) return {form: 'known', value: []};
  const names = text
    .replace(/ \(also [^()]*\)$/, '')
    .split(',')
    .map((part) => part.trim());
  return names.every((name) => /^[A-Za-z0-9_]+(<if>[A-Za-z0-9_]*)?$/.test(name))
    ? {form: 'known', value: names}
    : {form: 'new'};
}

/** comm: one process name. */
export function plainCommand(text: string): Plain<readonly string[]> {
  return /^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(text) ? {form: 'known', value: [text]} : {form: 'new'};
}

/** The tag that pattern_notes begin with, and the notes without it. */
export function splitNotes(text: string): {
  readonly tag: string | undefined;
  readonly notes: string;
} {
  const match = /^\[other-side: ([^\]]*)\]\s*/.exec(text);
  return match === null
    ? {tag: undefined, notes: text}
    : {tag: match[1], notes: text.slice(match[0].length)};
}
