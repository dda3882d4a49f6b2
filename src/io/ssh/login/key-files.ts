import {access, readFile, stat} from 'node:fs/promises';

import {keyTypeOf} from '../../signing/sshsig-format.js';
import {describeKeyFile, unusableType} from './key-file.js';
import type {UnusableKey} from './key-file.js';
import {openPrivateKey} from './open-key.js';
import type {OpenKey} from './open-key.js';
import {shellWord} from '../shell-word.js';
import type {Secrets} from '../secrets.js';

/** A private key file that can be used, perhaps after asking for its passphrase. */
export interface PrivateKeyFile {
  readonly path: string;
  readonly encrypted: boolean;
  /**
   * Absent: it stands only in the encrypted part, so the passphrase must be known before the key
   * can be offered.
   */
  readonly publicKey?: Buffer;
  /**
   * Opens the key, asking for the passphrase once a run. Rejects with a sentence when that fails.
   */
  open(): Promise<OpenKey>;
  /** The key if it is open already. */
  opened(): OpenKey | undefined;
}

/** Why a key that could be offered was not. */
export type KeyProblemCause = 'nobody-to-ask' | 'wrong-passphrase';

/** What keeps a key from being opened, in a sentence and a word. */
export class KeyProblem extends Error {
  constructor(
    override readonly cause: KeyProblemCause,
    message: string,
  ) {
    super(message);
  }
}

/** What came of reading a key file. */
export type LoadedKey =
  | {readonly state: 'key'; readonly file: PrivateKeyFile}
  | {readonly state: 'public-only'; readonly publicKey: Buffer} // the private half may be in the agent
  | {readonly state: 'missing'}
  | {readonly state: 'unsupported'; readonly why: UnusableKey; readonly what: string}
  | {readonly state: 'unreadable'; readonly why: string};

/** How often a mistyped passphrase may be typed again; as ssh(1)'s NumberOfPasswordPrompts. */
const TRIES = 3;

/** The private key files of a run, each read and unlocked at most once. */
export class KeyFiles {
  private readonly loaded = new Map<string, Promise<LoadedKey>>();
  private readonly certificates = new Map<string, Promise<boolean>>();

  constructor(private readonly secrets: Secrets) {}

  load(path: string): Promise<LoadedKey> {
    let key = this.loaded.get(path);
    if (key === undefined) {
      key = this.read(path);
      this.loaded.set(path, key);
    }
    return key;
  }

  /** Whether a certificate lies beside the key, which ssh(1) would have offered. */
  hasCertificate(path: string): Promise<boolean> {
    let found = this.certificates.get(path);
    if (found === undefined) {
      found = access(`${path}-cert.pub`).then(
        () => true,
        () => false,
      );
      this.certificates.set(path, found);
    }
    return found;
  }

  private async read(path: string): Promise<LoadedKey> {
    let text: string;
    try {
      const info = await stat(path);
      if (!info.isFile()) return {state: 'unreadable', why: `${path} is not a regular file`};
      text = await readFile(path, 'latin1');
      const isPublic = publicKeyIn(text);
      if (isPublic !== undefined) return {state: 'public-only', publicKey: isPublic};
      // As ssh(1): a key of ours that others may read is not used.
      if (info.uid === process.getuid?.() && (info.mode & 0o077) !== 0)
        return {
          state: 'unreadable',
          why: `${path} is readable by others (chmod 600 ${shellWord(path)})`,
        };
    } catch (error) {
      const {code, message} = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ENOTDIR') return {state: 'unreadable', why: message};
      const publicKey = await readPublicKey(`${path}.pub`);
      return publicKey === undefined ? {state: 'missing'} : {state: 'public-only', publicKey};
    }
    const described = describeKeyFile(text);
    if (described.form === 'unsupported')
      return {
        state: 'unsupported',
        why: described.why,
        what: `${path} is ${described.what} (${described.fix})`,
      };
    const publicKey = described.publicKey ?? (await readPublicKey(`${path}.pub`));
    let opening: Promise<OpenKey> | undefined;
    let opened: OpenKey | undefined;
    const open = async (): Promise<OpenKey> =>
      (opened = await this.unlock(path, text, described.encrypted));
    return {
      state: 'key',
      file: {
        path,
        encrypted: described.encrypted,
        ...(publicKey === undefined ? {} : {publicKey}),
        open: () => (opening ??= open()),
        opened: () => opened,
      },
    };
  }

  private async unlock(path: string, text: string, encrypted: boolean): Promise<OpenKey> {
    if (!encrypted) return openPrivateKey(path, text);
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const passphrase = await this.secrets.ask({
        key: attempt === 1 ? `passphrase:${path}` : `passphrase:${path}#${attempt}`,
        text: `${attempt === 1 ? '' : 'Wrong passphrase. '}Passphrase of ${path}: `,
        echo: false,
      });
      if (passphrase === undefined)
        throw new KeyProblem(
          'nobody-to-ask',
          attempt === 1
            ? `${path} is encrypted and there is nobody to ask for its passphrase`
            : `no passphrase for ${path}`,
        );
      try {
        return openPrivateKey(path, text, passphrase);
      } catch {
        // A wrong passphrase, as far as can be told: the file itself was looked at before.
      }
    }
    throw new KeyProblem('wrong-passphrase', `wrong passphrase for ${path} (${TRIES} times)`);
  }
}

async function readPublicKey(path: string): Promise<Buffer | undefined> {
  const text = await readFile(path, 'latin1').catch(() => '');
  return publicKeyIn(text);
}

/** The key of a line like `ssh-ed25519 AAAA... comment`, when ssh2 can use its type. */
function publicKeyIn(text: string): Buffer | undefined {
  const [, type, encoded] = /^([a-z0-9@.-]+) ([A-Za-z0-9+/]+={0,2})(?:\s|$)/.exec(text) ?? [];
  if (type === undefined || encoded === undefined) return undefined;
  const key = Buffer.from(encoded, 'base64');
  return keyTypeOf(key) === type && unusableType(type) === undefined ? key : undefined;
}
