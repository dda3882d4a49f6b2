import {readdir, readFile} from 'node:fs/promises';
import {basename, dirname, isAbsolute, join} from 'node:path';

/** What the ssh client configuration could change for us. */
export interface ConfigScan {
  /** False: asking `ssh -G` for each host would tell nothing but defaults. */
  readonly matters: boolean;
  /** Switched on wherever it stands; looked at only when nothing else matters. */
  readonly on: ReadonlySet<Switch>;
}

/** What changes how we connect only a little, and stands in many a system's own ssh_config. */
const SWITCHES = ['hashknownhosts', 'gssapiauthentication'] as const;
export type Switch = (typeof SWITCHES)[number];

/**
 * Keywords that change nothing in how we connect: `Host` and `Match` by themselves, and options
 * about terminals, forwarding and algorithms. Anything not listed here is taken to matter.
 */
const INDIFFERENT =
  /^(?:host|match|sendenv|setenv|hashknownhosts|gssapi\w*|forwardx11\w*|forwardagent|control(?:master|path|persist)|compression|loglevel|logverbose|syslogfacility|tcpkeepalive|serveralive\w+|visualhostkey|addkeystoagent|ciphers|macs|kexalgorithms|hostkeyalgorithms|pubkeyacceptedalgorithms|pubkeyacceptedkeytypes|casignaturealgorithms|rekeylimit|ipqos|escapechar|enableescapecommandline|requesttty|xauthlocation|permitlocalcommand|localcommand|checkhostip|stricthostkeychecking|updatehostkeys|verifyhostkeydns|fingerprinthash|connecttimeout|connectionattempts|numberofpasswordprompts|batchmode|exitonforwardfailure|permitremoteopen|streamlocal\w+|versionaddendum|ignoreunknown|usekeychain)$/;

/** How deep `Include` may nest (ssh(1): 16). */
const DEEPEST = 16;

/**
 * Looks through the files ssh(1) would read, following Include, without interpreting them.
 * @param also keywords that matter, too
 */
export async function scanSshConfig(
  files: readonly string[],
  also: readonly string[] = [],
): Promise<ConfigScan> {
  const on = new Set<Switch>();

  const matters = async (file: string, depth: number): Promise<boolean> => {
    const text = await readIfThere(file);
    if (text === undefined) return false;
    for (const raw of text.split('\n')) {
      const match = /^\s*(\w+)\s*[=\s]\s*(.*?)\s*$/.exec(raw);
      const keyword = match?.[1]?.toLowerCase();
      if (match === null || keyword === undefined) continue;
      const known = SWITCHES.find((name) => name === keyword);
      if (known !== undefined && match[2]?.toLowerCase() === 'yes') on.add(known);
      if (keyword === 'include') {
        if (depth >= DEEPEST) return true;
        const included = await expand(match[2] ?? '', dirname(file));
        if (included === 'unclear') return true;
        for (const path of included) if (await matters(path, depth + 1)) return true;
      } else if (!INDIFFERENT.test(keyword) || also.includes(keyword)) return true;
    }
    return false;
  };

  for (const file of files) if (await matters(file, 0)) return {matters: true, on: new Set()};
  return {matters: false, on};
}

/** A file that is there but cannot be read is left to ssh(1) to complain about: it matters. */
async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : 'unreadable yes';
  }
}

/**
 * The files an Include names, when it is plain enough: `*` in the last part only. `unclear`: let
 * ssh(1) find out.
 */
async function expand(argument: string, folder: string): Promise<string[] | 'unclear'> {
  const files: string[] = [];
  for (const word of argument.split(/\s+/)) {
    const path = isAbsolute(word) ? word : join(folder, word);
    const pattern = basename(path);
    if (/[~"'%$[\]?{}]/.test(word) || dirname(path).includes('*')) return 'unclear';
    if (!pattern.includes('*')) {
      files.push(path);
      continue;
    }
    const [before = '', after = '', ...more] = pattern.split('*');
    if (more.length > 0) return 'unclear';
    const names = await readdir(dirname(path)).catch(() => []);
    for (const name of names)
      if (
        name.length >= before.length + after.length &&
        name.startsWith(before) &&
        name.endsWith(after)
      )
        files.push(join(dirname(path), name));
  }
  return files;
}
