/** Folders below the practice root that hold its programs. */
const PROGRAM_FOLDERS = ['bin', 'usr/local/sbin', 'usr/local/bin'] as const;

/** A search path that finds the practice host's programs before the machine's. */
export const rootedPath = (root: string, path: string): string =>
  [...PROGRAM_FOLDERS.map((folder) => `${root}/${folder}`), path].join(':');

const sh = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * A command line as it would be read with the practice root as `/`: a PATH it sets begins with the
 * practice host's programs, and programs that change the user are those of the practice host, also
 * by full name. Without this, `env PATH=... sudo` would find the sudo of the machine the fleet runs
 * on, and leave the practice host.
 */
export const rootedCommand = (root: string, command: string): string =>
  command
    .replace(
      /\bPATH=(\/[^\s;'"]*)/g,
      (_, path: string) => `PATH=${sh(rootedPath(root, ''))}${path}`,
    )
    .replace(
      /(?<![\w./:-])\/usr\/(?:local\/)?bin\/(sudo|doas|su|mdo)(?=\s)/g,
      (_, program: string) => sh(`${root}/bin/${program}`),
    );
