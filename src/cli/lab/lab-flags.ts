import {Flags} from '@oclif/core';

/** Flags all three lab commands have. */
export const labFlags = {
  dir: Flags.string({
    helpValue: 'DIR',
    env: 'ZBUFCTL_LAB_DIR',
    summary: 'where the fleet keeps its files (default $XDG_STATE_HOME/zbufctl/lab)',
  }),
  json: Flags.boolean({
    env: 'ZBUFCTL_JSON',
    summary: 'print the result as JSON',
    helpGroup: 'RESULT',
  }),
};
