import type {Descriptor, Machine, Mapping, OpenFile, Process, Unit} from './machine.js';
import {releaseFacts} from './release-facts.js';

/**
 * Writes the tables the simulated programs render (templates/lab/awk); columns are described there.
 */

const table = (rows: readonly (readonly (string | number)[])[]): string =>
  rows.map((row) => `${row.join('\t')}\n`).join('');

/** ctime(3) without the newline, in UTC: the practice hosts' time zone. */
export function lstart(bootTime: number, seconds: number): string {
  const utc = new Date((bootTime + seconds) * 1000).toUTCString();
  // "Tue, 24 Nov 2026 06:22:49 GMT"
  const [weekday, day, month, year, time] = utc.replace(',', '').split(' ');
  return `${weekday ?? ''} ${month ?? ''} ${String(Number(day)).padStart(2)} ${time ?? ''} ${year ?? ''}`;
}

/** @param started the text of the STARTED column, or how to make it */
export const processTable = (
  processes: readonly Process[],
  jid: number,
  started: (process: Process) => string,
): string =>
  table(
    processes.map((p) => [
      p.pid,
      p.ppid,
      p.pgid,
      jid,
      p.user,
      p.stat,
      started(p),
      p.tty,
      p.unit,
      p.command,
      p.args,
    ]),
  );

/** @param since netstat calls before it was opened */
export const descriptorTable = (
  descriptors: readonly Descriptor[],
  since: number | string,
): string =>
  table(
    descriptors.map((d) => [
      d.pid,
      d.interfaceName,
      d.flags,
      d.received,
      d.dropped,
      d.matched,
      d.storeLength,
      d.holdLength,
      d.command,
      d.behaviour,
      d.packetsPerCall,
      d.bytesPerPacket,
      d.bufferSize,
      since,
    ]),
  );

export const openFileTable = (files: readonly OpenFile[], since: number | string): string =>
  table(
    files.map((f) => [
      f.pid,
      f.command,
      f.fd,
      f.type,
      f.vnode,
      f.flags,
      f.references,
      f.offset,
      f.growth,
      '-',
      f.path,
      since,
    ]),
  );

export const mapTable = (map: readonly Mapping[]): string =>
  table(
    map.map((m) => [
      m.start,
      m.end,
      m.protection,
      m.resident,
      m.privateResident,
      m.references,
      m.shadows,
      m.flags,
      m.type,
      m.path,
    ]),
  );

/** A word for sh. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** As templates/lab/awk/sysctl.awk names them. */
type Kind = 'int' | 'uint' | 'long' | 'ulong' | 'u64' | 'string' | 'opaque' | 'node';

/** Commands for sh, "row name kind access 'value'", in the order sysctl(8) walks them. */
export function sysctlTable(machine: Machine): string {
  const facts = releaseFacts(machine.release);
  const boot = `{ sec = ${machine.bootTime}, usec = 482311 } ${lstart(machine.bootTime, 0)}`;
  const rows: (readonly [string, Kind, 'r' | 'rw' | 'rt' | 'rwt', string])[] = [
    ['kern.ostype', 'string', 'r', 'FreeBSD'],
    ['kern.osrelease', 'string', 'r', machine.osrelease],
    ['kern.osrevision', 'int', 'r', '199506'],
    ['kern.version', 'string', 'r', facts.version],
    ['kern.hostname', 'string', 'rw', machine.hostname],
    ['kern.securelevel', 'int', 'rw', '-1'],
    ['kern.boottime', 'string', 'r', boot],
    ['kern.osreldate', 'int', 'r', String(facts.osreldate)],
    ['kern.bootfile', 'string', 'rw', '/boot/kernel/kernel'],
    ['kern.maxfiles', 'int', 'rwt', '64212'],
    ['kern.ipc.somaxconn', 'int', 'rw', '128'],
    ['kern.ipc.maxsockbuf', 'ulong', 'rw', '2097152'],
    ['kern.ipc.nmbclusters', 'int', 'rwt', '63304'],
    ['kern.ipc.maxpipekva', 'long', 'rt', '16650240'],
    ['kern.cp_time', 'long', 'r', '100 0 50 2 9000'],
    ['kern.geom.confxml', 'opaque', 'rw', ''],
    ['kern.coredump', 'int', 'rw', '1'],
    ['kern.randompid', 'int', 'rw', '0'],
    ['net.inet.ip.forwarding', 'int', 'rw', '0'],
    ['net.inet.icmp.drop_redirect', 'int', 'rw', '0'],
    ['net.inet.tcp.blackhole', 'int', 'rw', '0'],
    ['net.inet.udp.blackhole', 'int', 'rw', '0'],
    ['net.inet6.ip6.forwarding', 'int', 'rw', '0'],
    ['net.bpf.stats', 'node', 'rw', ''],
    ['net.bpf.maxbufsize', 'int', 'rw', '524288'],
    ['net.bpf.bufsize', 'int', 'rw', '4096'],
    ['net.bpf.optimize_writers', 'int', 'rwt', '0'],
    ['net.bpf.zerocopy_enable', 'int', 'rw', '0'],
    ['net.bpf.maxinsns', 'int', 'rw', '512'],
    ['hw.machine', 'string', 'r', 'amd64'],
    ['dev.ix.0.iflib.simple_tx', 'int', 'rt', '0'],
    ['hw.ncpu', 'int', 'r', '2'],
    ['hw.pagesize', 'int', 'r', '4096'],
    ['hw.physmem', 'int', 'r', '1038372864'],
    ['hw.machine_arch', 'string', 'r', 'amd64'],
    ['security.bsd.see_other_uids', 'int', 'rw', '1'],
    ['security.bsd.see_other_gids', 'int', 'rw', '1'],
    ['security.bsd.unprivileged_read_msgbuf', 'int', 'rw', '1'],
    ['security.jail.jailed', 'int', 'r', machine.jid > 0 ? '1' : '0'],
    ['security.jail.vnet', 'int', 'r', '0'],
  ];
  return rows
    .map(
      ([name, kind, access, value]) =>
        `row ${name} ${kind} ${access} ${quoted(machine.sysctls[name] ?? value)}\n`,
    )
    .join('');
}

/** Shell assignments for uname and freebsd-version. */
export function osAssignments(machine: Machine): string {
  const facts = releaseFacts(machine.release);
  const values = {
    style_of: machine.release,
    sysname: machine.system,
    osrelease: machine.osrelease,
    version: facts.version,
    machine: 'amd64',
    processor: 'amd64',
    kernel_release: machine.osrelease,
    userland_release: machine.osrelease,
    osreldate: String(facts.osreldate),
    userland_osreldate: String(facts.osreldate),
  };
  return Object.entries(values)
    .map(([name, value]) => `${name}=${quoted(value)}\n`)
    .join('');
}

/** All of a machine's units in one. */
export const merged = (units: readonly Unit[]): Unit => ({
  processes: units.flatMap((u) => u.processes),
  descriptors: units.flatMap((u) => u.descriptors),
  openFiles: units.flatMap((u) => u.openFiles),
  maps: new Map(units.flatMap((u) => [...u.maps])),
  environments: new Map(units.flatMap((u) => [...(u.environments ?? [])])),
});
