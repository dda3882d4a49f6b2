import ssh2 from 'ssh2';

/**
 * Offers a single key to ssh2 in the dress of an agent: the public half goes out first, and signing (which may ask
 * for a passphrase) happens only when the server wants that key.
 */
export class OneKeyAgent extends ssh2.BaseAgent<ssh2.ParsedKey> {
  constructor(
    private readonly key: ssh2.ParsedKey,
    private readonly makeSignature: (data: Buffer, hash: string | undefined) => Promise<Buffer>,
    private readonly onProblem: (problem: string) => void,
  ) {
    super();
  }

  override getIdentities(callback: ssh2.IdentityCallback<ssh2.ParsedKey>): void {
    callback(null, [this.key]);
  }

  override sign(
    _key: ssh2.ParsedKey,
    data: Buffer,
    optionsOrCallback: ssh2.SigningRequestOptions | ssh2.SignCallback,
    maybeCallback?: ssh2.SignCallback,
  ): void {
    const [options, callback] =
      typeof optionsOrCallback === 'function' ? [{}, optionsOrCallback] : [optionsOrCallback, maybeCallback];
    const refuse = (problem: string): void => {
      this.onProblem(problem);
      callback?.(new Error(problem));
    };
    // What ssh2 falls back to when a server does not say which signatures it takes.
    if (options.hash === 'sha1') {
      refuse('the server takes only SHA-1 signatures of it');
      return;
    }
    this.makeSignature(data, options.hash).then(
      (signature) => callback?.(null, signature),
      (error: unknown) => {
        refuse(error instanceof Error ? error.message : String(error));
      },
    );
  }
}
