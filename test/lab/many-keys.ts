// A child process that makes as many keys as it is told, while garbage is collected after every so
// many allocations: more of them from hundred to hundred keys, so that each moment gets its turn.
import {setFlagsFromString} from 'node:v8';

import {makeKeyPair} from '../../src/lab/keys.js';

const wanted = Number(process.argv[2]);
let made = 0;
while (made < wanted) {
  if (made % 100 === 0) setFlagsFromString(`--gc-interval=${40 + made / 100}`);
  if (makeKeyPair().publicKey.length > 0) made += 1;
}
process.stdout.write(String(made));
