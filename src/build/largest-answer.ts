/**
 * Answers of a host that says as much as it may, each long in another way, for the bench and for
 * the test that judging stays linear. In collector output, since that is what a hostile host can
 * send.
 */
export const SHAPES = [
  'spread',
  'one-process',
  'one-parent',
  'strangers',
  'shared-memory',
  'programs',
  'texts',
  'mappings',
] as const;
export type Shape = (typeof SHAPES)[number];

/** A stream of the given shape with lists of about `size` entries. */
export function largestAnswer(shape: Shape, size: number): Buffer {
  const pids = Array.from({length: shape === 'one-process' ? 1 : size}, (_, i) => 1000 + i);
  const first = pids[0] ?? 1000;
  const rows = Array.from({length: size}, (_, i) => pids[i % pids.length] ?? first);
  const parentOf = (pid: number): number => (shape === 'one-parent' && pid !== first ? first : 1);
  const comm = (pid: number): string => (shape === 'strangers' ? `d${pid}` : 'pflogd');
  const descriptors = (grown: number): readonly string[] => [
    '  Pid  Netif   Flags      Recv      Drop     Match Sblen Hblen Command',
    ...rows.map(
      (pid, i) =>
        `${pid}     em${i % 7}  p--s---       ${9 + grown}         0         ${9 + grown}    30  4000 ${comm(pid)}`,
    ),
  ];
  const sections: (readonly [string, readonly string[]])[] = [
    ['uid', ['0']],
    ['system', ['FreeBSD']],
    ['uname', ['FreeBSD 15.1-RELEASE amd64 amd64 1501000 1501000']],
    ['versions', ['15.1-RELEASE', '15.1-RELEASE', '15.1-RELEASE']],
    ['jailed', ['0']],
    ['bpf', ['net.bpf.maxbufsize: 524288', 'net.bpf.zerocopy_enable: 1']],
    ['descriptors first 100', descriptors(0)],
    ['product', []],
    [
      'variables',
      rows.map((pid, i) => (shape === 'texts' ? textOf(pid + i) : `v${pid + i}_enable: YES`)),
    ],
    ['enabled', rows.map((pid, i) => `/usr/local/etc/rc.d/s${pid + i}`)],
    [
      'commands',
      rows.map((pid, i) => `/usr/local/etc/rc.d/s${pid + i} /usr/local/sbin/s${pid + i}`),
    ],
    ['descriptors second 103', descriptors(3)],
    [
      'holders',
      [
        '  PID COMM                FD T V FLAGS    REF  OFFSET PRO NAME',
        ...rows.map(
          (pid, i) => `${pid} ${comm(pid)}   ${i + 3} v c rw------   1       0 -   /dev/bpf`,
        ),
      ],
    ],
    [
      'processes',
      [
        '  PID  PPID  PGID JID USER     STAT STARTED                  COMMAND             COMMAND',
        ...pids.map(
          (pid) =>
            `${pid} ${parentOf(pid)} ${pid} 0 root S Tue Nov 24 06:41:32 2026 ${comm(pid).padEnd(19)} ${comm(pid)} -i em0`,
        ),
      ],
    ],
    ...mapsOf(shape, pids, size),
    ...programsOf(rows),
  ];
  const text = sections.map(
    ([name, lines]) => `@ ${name}\n${lines.map((l) => `|${l}\n`).join('')}= 0\n`,
  );
  return Buffer.from(`zbufctl-evidence 1\n${text.join('')}end ${sections.length}\n`);
}

/** A variable that is hard to look through for secrets. */
const textOf = (number: number): string => `v${number}_flags: ${' -x pw=a b:c@d "e'.repeat(70)}`;

const MAP_HEADER =
  '  PID              START                END PRT    RES   PRES REF SHD FLAG  TP PATH';

/**
 * As many maps as the collector prints; memory is at the same addresses in all of them when it is
 * shared.
 */
function mapsOf(shape: Shape, pids: readonly number[], size: number): [string, string[]][] {
  const extra = shape === 'shared-memory' ? Array.from({length: 32}, (_, i) => 900_000 + i) : [];
  const many = shape === 'mappings';
  const chosen = [...pids.slice(0, many ? 128 : 32), ...extra];
  const lines = Math.floor((size * (many ? 56 : 4)) / chosen.length);
  return chosen.map((pid) => [
    `map ${pid}`,
    [
      MAP_HEADER,
      `${pid} 0x1000 0x5000 r-x 4 4 1 0 CN--- vn /sbin/pflogd`,
      `${pid} 0x5000 0x9000 r-x 4 4 1 0 CN--- vn /lib/libpcap.so.8`,
      ...Array.from({length: lines}, (_, i) => {
        const start = 0x100_0000 + i * 0x10_0000;
        const range = `0x${start.toString(16)} 0x${(start + 0x8_0000).toString(16)}`;
        return `${pid} ${range} rw- 128 128 2 0 CN--- sw `;
      }),
    ],
  ]);
}

/**
 * Programs that ldd complains of and that have a section of their own: what the parser joins by
 * path.
 */
function programsOf(rows: readonly number[]): [string, string[]][] {
  const paths = rows.map((pid, i) => `/usr/local/sbin/s${pid + i}`);
  return [
    ['programs', paths.map((path) => `elf ${path}`)],
    ['ldd', paths.flatMap((path) => [`${path}:`, '\tlibc.so.7 => /lib/libc.so.7 (0x800000)'])],
    [
      'strings /lib/libpcap.so.8',
      ['libpcap version 1.10.6 (64-bit time_t, with zerocopy support)'],
    ],
    ...paths.slice(0, 1000).map((path): [string, string[]] => [`strings ${path}`, []]),
  ];
}
