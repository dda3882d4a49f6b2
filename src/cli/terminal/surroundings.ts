import {homedir, userInfo} from 'node:os';
import {join, resolve} from 'node:path';

/** What the process around us says. Read here once; everything further in gets it as arguments. */
export interface Surroundings {
  readonly homeDirectory: string;
  readonly user: string;
  readonly workingDirectory: string;
  /** $XDG_CONFIG_HOME/zbufctl */
  readonly configDirectory: string;
  /** $XDG_STATE_HOME/zbufctl, or --state-dir */
  readonly stateDirectory: string;
  readonly authSock?: string;
}

/** @param stateDir --state-dir, when given */
export function surroundings(stateDir?: string): Surroundings {
  const {env} = process;
  const homeDirectory = homedir();
  const folder = (variable: string, fallback: string): string => {
    const value = env[variable] ?? '';
    // XDG base directories: a relative path is to be ignored.
    return join(value.startsWith('/') ? value : join(homeDirectory, fallback), 'zbufctl');
  };
  const authSock = env['SSH_AUTH_SOCK'] ?? '';
  return {
    homeDirectory,
    user: userInfo().username,
    workingDirectory: process.cwd(),
    configDirectory: folder('XDG_CONFIG_HOME', '.config'),
    stateDirectory:
      stateDir === undefined ? folder('XDG_STATE_HOME', '.local/state') : resolve(stateDir),
    ...(authSock === '' ? {} : {authSock}),
  };
}
