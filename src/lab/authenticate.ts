import {timingSafeEqual} from 'node:crypto';

import type {AuthContext, ParsedKey, PublicKeyAuthContext} from 'ssh2';

export interface Login {
  readonly user: 'root' | 'ops';
  /** password: also keyboard-interactive; and no key is good. */
  readonly method: 'key' | 'password';
  readonly clientKey: ParsedKey;
  readonly password: string;
}

const equal = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

/** True for the question whether a key would do (no signature yet), and for a good signature. */
function isSigned(context: PublicKeyAuthContext, key: ParsedKey): boolean {
  if (context.signature === undefined) return true;
  if (context.blob === undefined) return false;
  // ssh2 returns an Error, which its types do not say, when it cannot verify.
  const verified: unknown = key.verify(context.blob, context.signature, context.hashAlgo);
  return verified === true;
}

/** Decides one authentication request of a practice host. */
export function authenticate(context: AuthContext, login: Login): void {
  const offered = login.method === 'key' ? ['publickey'] : ['password', 'keyboard-interactive'];
  const refuse = (): void => {
    context.reject(offered as Parameters<AuthContext['reject']>[0]);
  };
  if (context.username !== login.user) {
    refuse();
    return;
  }
  if (context.method === 'publickey' && login.method === 'key') {
    const same = equal(context.key.data, login.clientKey.getPublicSSH());
    if (same && isSigned(context, login.clientKey)) context.accept();
    else refuse();
    return;
  }
  const expected = Buffer.from(login.password);
  if (context.method === 'password' && login.method === 'password') {
    if (equal(Buffer.from(context.password), expected)) context.accept();
    else refuse();
    return;
  }
  if (context.method === 'keyboard-interactive' && login.method === 'password') {
    context.prompt([{prompt: `Password for ${login.user}:`, echo: false}], (answers) => {
      if (equal(Buffer.from(answers[0] ?? ''), expected)) context.accept();
      else refuse();
    });
    return;
  }
  refuse();
}
