import {sanitize} from '../../../text/sanitize.js';
import {keyTypeOf} from '../../signing/sshsig-format.js';
import {AgentClient} from './agent-client.js';
import type {AgentKey} from './agent-client.js';
import {unusableType} from './key-file.js';
import type {UnusableKey} from './key-file.js';
import {KeyFiles} from './key-files.js';
import type {PrivateKeyFile} from './key-files.js';
import type {Secrets} from '../secrets.js';
import type {Target} from '../target.js';

/** A key to offer to a host. */
export interface Identity {
  /** For people: `agent key "me@desk"`, or the path. */
  readonly label: string;
  /** The file; absent: an agent's. */
  readonly path?: string;
  /** Public half; opens the file when only that tells. Rejects with a sentence. */
  publicKey(): Promise<Buffer>;
  /** A signature when nobody has to be waited for; undefined otherwise. */
  signNow(data: Buffer, hash: string | undefined): Buffer | undefined;
  sign(data: Buffer, hash: string | undefined): Promise<Buffer>;
  /** Somebody named this key; it goes before what merely lies around. */
  readonly explicit: boolean;
  readonly fromAgent: boolean;
  /** Using it means asking for a passphrase. */
  readonly asks: boolean;
}

/**
 * A key or certificate we had to leave out, or a Kerberos ticket: a word that decides what to do,
 * and what it is.
 */
export interface Unusable {
  readonly why: UnusableKey | 'gssapi';
  readonly what: string;
}

/** The keys for a host, best first, and what could not be among them. */
export interface Candidates {
  readonly identities: readonly Identity[];
  /** Keys and certificates that ssh(1) might have got in with, but the ssh2 library cannot use. */
  readonly unsupported: readonly Unusable[];
  /** Other things that explain why a key was not offered. */
  readonly notes: readonly string[];
}

/** The keys of a run: agents and files, each looked at once however many hosts there are. */
export class Identities {
  private readonly agents = new Map<string, AgentClient>();
  private readonly files: KeyFiles;

  constructor(secrets: Secrets) {
    this.files = new KeyFiles(secrets);
  }

  /** The keys to offer to a host. Asks nothing yet. */
  async candidates(target: Target): Promise<Candidates> {
    if (!target.methods.publickey) return {identities: [], unsupported: [], notes: []};
    const unsupported: Unusable[] = [];
    const notes: string[] = [];
    const agent = target.agentSocket === undefined ? undefined : this.agent(target.agentSocket);
    const held = agent === undefined ? [] : await this.heldBy(agent, unsupported, notes);
    const named: Identity[] = [];
    const used = new Set<AgentKey>();

    for (const {path, explicit} of target.identityFiles) {
      const loaded = await this.files.load(path);
      if (await this.files.hasCertificate(path))
        unsupported.push({why: 'certificate', what: `the certificate ${path}-cert.pub`});
      switch (loaded.state) {
        case 'key':
        case 'public-only': {
          const publicKey = loaded.state === 'key' ? loaded.file.publicKey : loaded.publicKey;
          const twin = held.find((key) => publicKey?.equals(key.blob) === true);
          if (twin !== undefined && agent !== undefined) {
            used.add(twin);
            named.push(agentIdentity(agent, twin, explicit));
          } else if (loaded.state === 'key') named.push(fileIdentity(loaded.file, explicit));
          else if (explicit) notes.push(`the private half of ${path} is in no agent`);
          break;
        }
        case 'missing':
          if (explicit) notes.push(`${path} does not exist`);
          break;
        case 'unsupported':
          unsupported.push({why: loaded.why, what: loaded.what});
          break;
        case 'unreadable':
          notes.push(loaded.why);
      }
    }
    for (const path of target.certificateFiles)
      unsupported.push({why: 'certificate', what: `the certificate ${path}`});
    const others =
      agent === undefined || target.identitiesOnly
        ? []
        : held.filter((key) => !used.has(key)).map((key) => agentIdentity(agent, key, false));
    return {identities: inOrder([...named, ...others]), unsupported, notes};
  }

  close(): void {
    for (const agent of this.agents.values()) agent.close();
  }

  private agent(path: string): AgentClient {
    let agent = this.agents.get(path);
    if (agent === undefined) {
      agent = new AgentClient(path);
      this.agents.set(path, agent);
    }
    return agent;
  }

  private async heldBy(
    agent: AgentClient,
    unsupported: Unusable[],
    notes: string[],
  ): Promise<AgentKey[]> {
    let keys: readonly AgentKey[];
    try {
      keys = await agent.list();
    } catch (error) {
      notes.push(`no ssh-agent: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
    return keys.filter((key) => {
      const unusable = unusableType(keyTypeOf(key.blob));
      if (unusable !== undefined)
        unsupported.push({
          ...unusable,
          what: `${unusable.what} in the agent (${said(key.comment)})`,
        });
      return unusable === undefined;
    });
  }
}

const said = (comment: string): string => sanitize(comment, {limit: 60});

const agentIdentity = (agent: AgentClient, key: AgentKey, explicit: boolean): Identity => ({
  label: `agent key "${said(key.comment)}"`,
  publicKey: () => Promise.resolve(key.blob),
  signNow: () => undefined,
  sign: (data, hash) => agent.sign(key.blob, data, hash),
  explicit,
  fromAgent: true,
  asks: false,
});

const fileIdentity = (file: PrivateKeyFile, explicit: boolean): Identity => ({
  label: file.path,
  path: file.path,
  publicKey: async () =>
    file.publicKey === undefined || !file.encrypted
      ? (await file.open()).publicKey
      : file.publicKey,
  signNow: (data, hash) => file.opened()?.sign(data, hash),
  sign: async (data, hash) => (await file.open()).sign(data, hash),
  explicit,
  fromAgent: false,
  asks: file.encrypted,
});

/**
 * Keys that somebody named, then the agent's, then those that merely lie in ~/.ssh; what needs a
 * passphrase last, so that a person is asked only when nothing else opens the door.
 */
function inOrder(identities: readonly Identity[]): Identity[] {
  const rank = ({asks, explicit, fromAgent}: Identity): number =>
    (asks ? 10 : 0) + (explicit ? 0 : fromAgent ? 1 : 2);
  return identities.toSorted((a, b) => rank(a) - rank(b));
}

/**
 * Servers end the connection at six failures (sshd_config(5), MaxAuthTries), and count every key
 * offered.
 */
export function mostPromising(
  identities: readonly Identity[],
  limit: number,
): {readonly offered: readonly Identity[]; readonly left: number} {
  const worth = ({explicit, fromAgent, asks}: Identity): number =>
    explicit ? 0 : fromAgent ? 1 : asks ? 3 : 2;
  const best = new Set(identities.toSorted((a, b) => worth(a) - worth(b)).slice(0, limit));
  return {
    offered: identities.filter((i) => best.has(i)),
    left: Math.max(0, identities.length - limit),
  };
}
