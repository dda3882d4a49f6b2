import type {Host} from '../../../model/host.js';
import {readProxyCommand} from '../../../text/proxy-command.js';
import {OFFERED} from '../algorithms.js';
import type {AlgorithmOption, SshSettings} from '../config/ssh-settings.js';
import {ALGORITHM_OPTIONS} from '../config/ssh-settings.js';
import type {Candidates} from '../login/identities.js';
import type {UnusableKey} from '../login/key-file.js';
import {hostKeyAlgorithms} from '../trust/host-key-verdict.js';
import type {KnownKey} from '../trust/known-hosts.js';

/** What ssh(1) has and the ssh2 library has not. */
export const NEEDS = [
  'proxy-command',
  'revocation-list',
  'certificate',
  'host-certificate',
  'fido-key',
  'gssapi',
  'algorithms',
] as const;
export type Need = (typeof NEEDS)[number];

export const NEED_IN_WORDS: Readonly<Record<Need, string>> = {
  'proxy-command': 'a ProxyCommand',
  'revocation-list': 'a key revocation list',
  certificate: 'a certificate',
  'host-certificate': "the host's certificate",
  'fido-key': 'a FIDO key',
  gssapi: 'GSSAPI',
  algorithms: 'algorithms',
};

/** What is known of a host before it is called. */
export interface BeforeCall {
  readonly host: Host;
  /** Absent: ssh_config says nothing that matters. */
  readonly settings: SshSettings | undefined;
  readonly candidates: Pick<Candidates, 'identities' | 'unsupported'>;
  /** What known_hosts has of it. */
  readonly known: readonly Pick<KnownKey, 'marker'>[];
}

/** What a host needs that only ssh(1) can do, as far as the configuration tells. */
export function needsOf(before: BeforeCall): readonly Need[] {
  return NEEDS.filter((need) => APPLIES[need](before));
}

const APPLIES: Readonly<Record<Need, (before: BeforeCall) => boolean>> = {
  'proxy-command': ({host, settings}) =>
    host.proxyJump === undefined &&
    settings?.proxyCommand !== undefined &&
    readProxyCommand(settings.proxyCommand) === undefined,
  'revocation-list': ({settings}) => settings?.revokedHostKeys !== undefined,
  certificate: (before) =>
    (before.settings?.certificateFiles ?? []).length > 0 || hasOnly('certificate', before),
  'host-certificate': ({known}) =>
    known.some(({marker}) => marker === 'cert-authority') &&
    !known.some(({marker}) => marker === 'none'),
  'fido-key': (before) => hasOnly('fido', before),
  // Debian's ssh_config has GSSAPI on for every host: that alone does not say it is wanted.
  gssapi: ({settings}) =>
    settings?.gssapi === true &&
    (settings.preferredMethods?.[0]?.startsWith('gssapi') === true ||
      !(settings.publickey || settings.password || settings.keyboardInteractive)),
  algorithms: ({settings}) =>
    ALGORITHM_OPTIONS.some((option) => {
      const wanted = settings?.algorithms[option];
      return wanted !== undefined && !wanted.some((name) => OURS[option].includes(name));
    }),
};

/** Nothing else could be offered. */
const hasOnly = (kind: UnusableKey, {candidates}: BeforeCall): boolean =>
  candidates.identities.length === 0 && candidates.unsupported.some(({why}) => why === kind);

const OURS: Readonly<Record<AlgorithmOption, readonly string[]>> = {
  kexalgorithms: OFFERED.kex,
  ciphers: OFFERED.cipher,
  macs: OFFERED.hmac,
  hostkeyalgorithms: hostKeyAlgorithms([], {name: ''}),
};
