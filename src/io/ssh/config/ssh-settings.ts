/** What `ssh -G` says about a host, as far as it concerns us; as printed, nothing expanded. */
export interface SshSettings {
  readonly hostname?: string;
  readonly user?: string;
  readonly port?: number;
  readonly identityFiles: readonly string[];
  readonly certificateFiles: readonly string[];
  readonly userKnownHosts: readonly string[];
  readonly globalKnownHosts: readonly string[];
  /** Absent: none. */
  readonly proxyJump?: string;
  readonly proxyCommand?: string;
  readonly identityAgent?: string;
  readonly identitiesOnly: boolean;
  readonly hostKeyAlias?: string;
  readonly revokedHostKeys?: string;
  readonly bindAddress?: string;
  readonly family: 0 | 4 | 6;
  readonly publickey: boolean;
  readonly keyboardInteractive: boolean;
  readonly password: boolean;
  readonly hashKnownHosts: boolean;
  readonly gssapi: boolean;
  /** In order; absent: ssh's own order. */
  readonly preferredMethods?: readonly string[];
  /** What may be negotiated, by ssh_config's name in lower case; absent: not said. */
  readonly algorithms: Readonly<Partial<Record<AlgorithmOption, readonly string[]>>>;
}

/** Options that say which algorithms may be used. */
export const ALGORITHM_OPTIONS = ['kexalgorithms', 'ciphers', 'macs', 'hostkeyalgorithms'] as const;
export type AlgorithmOption = (typeof ALGORITHM_OPTIONS)[number];

/**
 * Reads the output of `ssh -G`: a keyword in lower case and its value on each line. Unknown lines
 * are passed over.
 */
export function parseSshSettings(output: string): SshSettings {
  const values = new Map<string, string[]>();
  for (const line of output.split('\n')) {
    const match = /^([a-z0-9]+) (.*)$/i.exec(line.trim());
    if (match === null) continue;
    const [, keyword = '', value = ''] = match;
    const list = values.get(keyword.toLowerCase());
    if (list === undefined) values.set(keyword.toLowerCase(), [value]);
    else list.push(value);
  }
  const one = (keyword: string): string | undefined => {
    const value = values.get(keyword)?.[0];
    return value === undefined || value === '' || value === 'none' ? undefined : value;
  };
  const files = (keyword: string): string[] =>
    (values.get(keyword) ?? []).filter((value) => value !== 'none' && value !== '');
  const enabled = (keyword: string, unsaid: boolean): boolean => {
    const value = values.get(keyword)?.[0];
    return value === undefined ? unsaid : value !== 'no' && value !== 'false';
  };
  const port = Number(one('port'));
  return {
    ...optional('hostname', one('hostname')),
    ...optional('user', one('user')),
    ...optional('port', Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined),
    identityFiles: files('identityfile').map(unquote),
    certificateFiles: files('certificatefile').map(unquote),
    userKnownHosts: words(one('userknownhostsfile')),
    globalKnownHosts: words(one('globalknownhostsfile')),
    ...optional('proxyJump', one('proxyjump')),
    ...optional('proxyCommand', one('proxycommand')),
    // Not one(): `none` here means "no agent", which is not the same as not saying.
    ...optional('identityAgent', values.get('identityagent')?.map(unquote)[0]),
    identitiesOnly: enabled('identitiesonly', false),
    ...optional('hostKeyAlias', one('hostkeyalias')),
    ...optional('revokedHostKeys', one('revokedhostkeys')),
    ...optional('bindAddress', one('bindaddress')),
    family: one('addressfamily') === 'inet' ? 4 : one('addressfamily') === 'inet6' ? 6 : 0,
    publickey: enabled('pubkeyauthentication', true),
    keyboardInteractive: enabled('kbdinteractiveauthentication', true),
    password: enabled('passwordauthentication', true),
    hashKnownHosts: enabled('hashknownhosts', false),
    gssapi: enabled('gssapiauthentication', false),
    ...optional('preferredMethods', one('preferredauthentications')?.split(',')),
    algorithms: Object.fromEntries(
      ALGORITHM_OPTIONS.flatMap((option) => {
        const value = one(option);
        return value === undefined ? [] : [[option, value.split(',')]];
      }),
    ),
  };
}

const optional = <K extends string, T>(key: K, value: T | undefined): Partial<Record<K, T>> =>
  value === undefined ? {} : ({[key]: value} as Partial<Record<K, T>>);

const unquote = (text: string): string => text.replace(/^"(.*)"$/, '$1');

/** Several file names on a line, with or without quotes. */
const words = (text: string | undefined): string[] =>
  [...(text ?? '').matchAll(/"([^"]*)"|(\S+)/g)]
    .map(([, quoted, bare]) => quoted ?? bare ?? '')
    .filter((word) => word !== '' && word !== 'none');
