import type {Result} from '../../../model/failure.js';
import type {Host} from '../../../model/host.js';
import type {ConnectOptions, Session, Transport} from '../../../model/transport.js';
import {configOf} from '../config/ssh-config.js';
import type {SshConfig} from '../config/ssh-config.js';
import {ALGORITHM_OPTIONS} from '../config/ssh-settings.js';
import {jumpHost} from '../connect/jump-hosts.js';
import {Identities} from '../login/identities.js';
import {onceEach} from '../once-each.js';
import type {TransportOptions} from '../options.js';
import {Secrets} from '../secrets.js';
import {resolveTarget} from '../target.js';
import {createTransport} from '../transport.js';
import {KnownHostsStore} from '../trust/known-hosts-store.js';
import {knownKeys} from '../trust/known-keys.js';
import {NEED_IN_WORDS, needsOf} from './needs.js';
import {createOpenSshTransport} from './transport.js';

/**
 * The ssh2 library, and the system's ssh(1) for hosts that need what the library lacks: where the
 * configuration tells, at once; else when the library has said that it cannot. Each such host is
 * named once.
 */
export const createAutoTransport = (options: TransportOptions): Transport =>
  new AutoTransport({...options, onWarning: onceEach(options.onWarning)});

class AutoTransport implements Transport {
  private readonly config: SshConfig;
  private readonly library: Transport;
  private readonly program: Transport;
  private readonly knownHosts = new KnownHostsStore(() => undefined);
  private readonly identities = new Identities(new Secrets(undefined));

  constructor(private readonly options: TransportOptions) {
    this.config = configOf(options, ALGORITHM_OPTIONS);
    this.library = createTransport(options, this.config);
    this.program = createOpenSshTransport(options, this.config);
  }

  async connect(host: Host, options: ConnectOptions): Promise<Result<Session>> {
    const needs = await this.needs(host, []);
    if (needs.length > 0) {
      this.say(host, `it needs ${needs.join(', ')}`);
      return this.program.connect(host, options);
    }
    const session = await this.library.connect(host, options);
    if (session.ok || session.error.kind !== 'unsupported') return session;
    this.say(host, session.error.message);
    const other = await this.program.connect(host, options);
    // No ssh(1) here: then what the library said is what there is to say.
    return !other.ok && other.error.kind === 'unsupported' ? session : other;
  }

  close(): void {
    this.library.close();
    this.program.close();
    this.identities.close();
  }

  private say(host: Host, why: string): void {
    this.options.onWarning(`${host.name}: over OpenSSH, as ${why}`);
  }

  /** In words; of the host, and of the jump hosts on the way to it. */
  private async needs(host: Host, trail: readonly string[]): Promise<readonly string[]> {
    const {options} = this;
    const settings = await this.config.ask(host);
    if (!settings.ok) return [];
    const target = resolveTarget(host, settings.value, options.defaults, 'openssh');
    if (!target.ok) return [];
    const known = await knownKeys(target.value, this.knownHosts);
    const own = needsOf({
      host,
      settings: settings.value,
      candidates: await this.identities.candidates(target.value),
      known: known.ok ? known.value : [],
    });
    const words = own.map((need) => NEED_IN_WORDS[need]);
    for (const spec of target.value.jump) {
      const hop = jumpHost(spec, host, target.value.jumpKeys, options.findHost);
      if (hop === undefined || trail.includes(hop.name) || hop.name === host.name) continue;
      const needs = await this.needs(hop, [...trail, host.name, hop.name]);
      words.push(...needs.map((need) => `${need} at the jump host ${hop.name}`));
    }
    return words;
  }
}
