import {RunStore} from '../io/store/run-store.js';

import type {Terminal} from './terminal/terminal.js';

/** The stored runs below a state directory; what the store has to say goes to stderr. */
export const openStore = (stateDirectory: string, terminal: Pick<Terminal, 'note'>): RunStore =>
  new RunStore(stateDirectory, {
    onNotice: (text) => {
      terminal.note(text);
    },
  });
