import ssh2 from 'ssh2';

import {OperatorError} from '../../model/operator-error.js';
import type {Prompter} from '../../model/transport.js';
import {readGivenFile} from '../files/given-file.js';
import {fingerprint} from './sshsig-format.js';
import {privateKeySigner, supportedKeyTypes, weaknessOf} from './sshsig.js';
import type {Signer} from './sshsig.js';

/** Where the signing key is to come from, and how to reach it. */
export interface SignerOptions {
  /** `agent`, a private key file, or a public key file whose other half is in the agent. */
  readonly key: string;
  /** SSH_AUTH_SOCK; absent: no agent. */
  readonly agentSocket?: string;
  readonly prompter: Prompter;
}

/**
 * Finds the key that `--sign` names. The passphrase is asked for and lives in memory only.
 * @throws OperatorError when there is no such key, or it can not sign
 */
export async function findSigner(options: SignerOptions): Promise<Signer> {
  if (options.key === 'agent') return agentSigner(options.agentSocket);
  const text = (await readGivenFile(options.key)).toString('utf8');
  const key = ssh2.utils.parseKey(text);
  if (!(key instanceof Error) && !isPrivate(key)) return agentSigner(options.agentSocket, key);
  return privateKeySigner(checked(await unlocked(text, options), options.key), options.key);
}

const isPrivate = (key: ssh2.ParsedKey): boolean => key.isPrivateKey();

async function unlocked(
  text: string,
  {key: path, prompter}: SignerOptions,
): Promise<ssh2.ParsedKey> {
  const plain = ssh2.utils.parseKey(text);
  if (!(plain instanceof Error)) return plain;
  if (!/encrypted/i.test(plain.message))
    throw new OperatorError(
      `${path} is not a key zbufctl can read: ${plain.message}`,
      `It must be an OpenSSH or PEM private key (${supportedKeyTypes.join(', ')}); a FIDO key can not sign here.`,
    );
  const question = {key: `passphrase:${path}`, text: `Passphrase of ${path}: `, echo: false};
  const passphrase = await prompter.ask(question);
  if (passphrase === undefined)
    throw new OperatorError(
      `${path} is encrypted and there is nobody to ask`,
      'Add it to ssh-agent and use --sign agent.',
    );
  const key = ssh2.utils.parseKey(text, passphrase);
  if (key instanceof Error)
    throw new OperatorError(`${path} does not open with that passphrase`, 'Run the command again.');
  return key;
}

function checked(key: ssh2.ParsedKey, path: string): ssh2.ParsedKey {
  if (supportedKeyTypes.includes(key.type)) {
    refuseWeak(key, path);
    return key;
  }
  throw new OperatorError(
    `a key of type ${key.type} can not sign (${path})`,
    `Use ${supportedKeyTypes.join(', ')}.`,
  );
}

function refuseWeak(key: ssh2.ParsedKey, where: string): void {
  const weak = weaknessOf(key.getPublicSSH());
  if (weak !== undefined)
    throw new OperatorError(`${where} can not sign: ${weak}`, 'Make a key: ssh-keygen -t ed25519.');
}

/**
 * A key held by ssh-agent: the given one, or the first it offers that can sign.
 * @throws OperatorError when there is no agent, or it does not have the key
 */
export async function agentSigner(
  socket: string | undefined,
  wanted?: ssh2.ParsedKey,
): Promise<Signer> {
  if (socket === undefined || socket === '')
    throw new OperatorError(
      'there is no ssh-agent (SSH_AUTH_SOCK is not set)',
      'Start one, or give --sign a key file.',
    );
  const agent = new ssh2.OpenSSHAgent(socket);
  const keys = await identities(agent, socket);
  const able = keys.filter((key) => supportedKeyTypes.includes(key.type));
  // A weak key is passed over where another is there; alone, it is refused with the reason.
  const strong = able.filter((key) => weaknessOf(key.getPublicSSH()) === undefined);
  const usable = wanted === undefined && strong.length > 0 ? strong : able;
  const key =
    wanted === undefined
      ? usable[0]
      : usable.find((k) => k.getPublicSSH().equals(wanted.getPublicSSH()));
  if (key === undefined) {
    const missing =
      wanted === undefined
        ? 'no key that can sign'
        : `not the key ${fingerprint(wanted.getPublicSSH())}`;
    throw new OperatorError(`the ssh-agent has ${missing}`, 'Add one with ssh-add.');
  }
  const publicKey = key.getPublicSSH();
  refuseWeak(key, 'the key in ssh-agent');
  const rsa = key.type === 'ssh-rsa';
  return {
    publicKey,
    description: `ssh-agent, key ${fingerprint(publicKey)}`,
    sign: (bytes) =>
      new Promise((resolve, reject) => {
        const answer = (error?: Error | null, signature?: Buffer): void => {
          if (signature === undefined)
            reject(
              new OperatorError(
                `the ssh-agent did not sign: ${error?.message ?? 'no reason given'}`,
                'Unlock it, or confirm when it asks.',
              ),
            );
          else resolve({algorithm: rsa ? 'rsa-sha2-512' : key.type, signature});
        };
        if (rsa) agent.sign(key, bytes, {hash: 'sha512'}, answer);
        else agent.sign(key, bytes, answer);
      }),
  };
}

const identities = (agent: ssh2.OpenSSHAgent, socket: string): Promise<readonly ssh2.ParsedKey[]> =>
  new Promise((resolve, reject) => {
    agent.getIdentities((error, keys) => {
      if (error === null || error === undefined)
        resolve((keys ?? []).filter((key): key is ssh2.ParsedKey => 'getPublicSSH' in key));
      else
        reject(
          new OperatorError(
            `the ssh-agent at ${socket} does not answer: ${error.message}`,
            'Look at "ssh-add -l".',
          ),
        );
    });
  });
