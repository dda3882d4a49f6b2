import {createPrompter} from '../io/prompt/prompter.js';
import {findSigner} from '../io/signing/signers.js';
import type {Signer} from '../io/signing/sshsig.js';

import type {Surroundings} from './terminal/surroundings.js';

/** The key that --sign names, or the one of ssh-agent; asks on the terminal for a passphrase. */
export const signerFor = (key: string, {authSock}: Surroundings): Promise<Signer> =>
  findSigner({
    key,
    ...(authSock === undefined ? {} : {agentSocket: authSock}),
    prompter: createPrompter({input: process.stdin, output: process.stderr}),
  });
