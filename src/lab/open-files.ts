import type {OpenFile, Process} from './machine.js';

const file = (
  {pid, command}: Process,
  fd: string,
  rest: Partial<OpenFile> & Pick<OpenFile, 'path'>,
): OpenFile => ({
  pid,
  command,
  fd,
  type: 'v',
  vnode: 'c',
  flags: 'rw------',
  references: '1',
  offset: '0',
  growth: 0,
  ...rest,
});

/** What procstat -f shows of any daemon: its program, folders, and /dev/null three times. */
export function plainFiles(process: Process, program: string): readonly OpenFile[] {
  const special = {vnode: 'd', flags: 'r-------', references: '-', offset: '-'};
  return [
    file(process, 'text', {...special, vnode: 'r', path: program}),
    file(process, 'cwd', {...special, path: '/'}),
    file(process, 'root', {...special, path: '/'}),
    ...['0', '1', '2'].map((fd) => file(process, fd, {references: '6', path: '/dev/null'})),
  ];
}

/**
 * An open BPF descriptor.
 *
 * @param references f_count: 1, more when it was inherited, one more while a read(2) waits
 * @param offset bytes read so far; read(2) moves it, zero-copy does not
 * @param growth bytes it moves between two netstat calls
 */
export const bpfFile = (
  process: Process,
  references: number,
  offset: number,
  growth: number,
): OpenFile =>
  file(process, '3', {
    references: String(references),
    offset: String(offset),
    growth,
    path: '/dev/bpf',
  });

/** For processes of the base system whose program stands first in their arguments. */
export function baseFiles(processes: readonly Process[]): readonly OpenFile[] {
  return processes.flatMap((process) => {
    const program = /(?:^|: )(\/\S+)/.exec(process.args)?.[1];
    if (program === undefined) return [];
    const files = plainFiles(process, program);
    return process.pid === 1 ? files.slice(0, 3) : files;
  });
}
