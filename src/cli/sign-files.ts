import {writeTextFile} from '../io/files/result-file.js';
import {fingerprint} from '../io/signing/sshsig-format.js';
import type {Signer} from '../io/signing/sshsig.js';
import {PassingMessage} from '../io/signing/sshsig.js';

import type {Terminal} from './terminal/terminal.js';
import type {Following} from './terminal/write-outputs.js';

/** Signs every file into FILE.sig, by what passed into it: none is read again or held. */
export const signFiles =
  (signer: Signer, namespace: string, {note}: Pick<Terminal, 'note'>): (() => Following) =>
  () => {
    const message = new PassingMessage();
    return {
      see: (piece) => {
        message.see(piece);
      },
      written: async (file) => {
        await writeTextFile(`${file}.sig`, await message.signedBy(signer, namespace));
        note(`Signed ${file} with ${fingerprint(signer.publicKey)} for ${namespace}: ${file}.sig`);
      },
    };
  };
