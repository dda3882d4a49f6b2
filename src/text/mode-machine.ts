import type {ModeMachine} from '../model/mode.js';

/** What `uname -m` says, to the machines objects are built for. */
const MACHINES: Readonly<Record<string, ModeMachine>> = {
  amd64: 'amd64',
  x86_64: 'amd64',
  arm64: 'arm64',
  aarch64: 'arm64',
};

export const modeMachine = (machine: string): ModeMachine | undefined =>
  Object.hasOwn(MACHINES, machine) ? MACHINES[machine] : undefined;
