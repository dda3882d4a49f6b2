import type {ObjectMode} from '../model/mode.js';
import {MODE_LIBPCAP, objectPath} from '../model/mode.js';

import type {Mapping, Release, Unit} from './machine.js';
import {bufferMappings, inserted, objectMapping} from './memory-map.js';
import {pflogd} from './pflogd.js';
import {tcpdump} from './tcpdump.js';

/** Units of programs that were given a buffer mode (facts: per-program-modes.md). */

/** The same processes with the object of a mode in their memory, behind the libpcap they have. */
export const withObject = (unit: Unit, mode: ObjectMode): Unit => ({
  ...unit,
  maps: new Map(
    [...unit.maps].map(([pid, map]) => {
      const libpcap = map.findLast(({path}) => path === MODE_LIBPCAP.path);
      const at = BigInt(`0x${libpcap?.end ?? '3a1c5d800000'}`) + 0x10000n;
      return [pid, inserted(map, [objectMapping(objectPath(mode), at)])] as const;
    }),
  ),
});

/** libpcap asks for two buffers of 512 KiB. */
const BUFFER_PAGES = 128;

/**
 * pflogd in zero-copy mode, alive: minherit(SHARE) leaves the buffers as they are in both
 * processes.
 */
export function inheritingPflogd(
  release: Release,
  pids: readonly number[] = [3363, 3365],
  started = 62,
): Unit {
  const unit = pflogd({
    release,
    pids,
    started,
    mode: 'buffered',
    behaviour: 'zerocopy',
    progress: {received: 80, storeLength: 0, holdLength: 0, offset: 0},
  });
  const buffers = bufferMappings(
    release === '13.2' ? 'df' : 'sw',
    BUFFER_PAGES,
    0x2a1c60000000n,
  ).map((m) => ({
    ...m,
    references: 2,
  }));
  return {
    ...unit,
    maps: new Map([...unit.maps].map(([pid, map]) => [pid, inserted(map, buffers)] as const)),
  };
}

/**
 * tcpdump without -n in zero-copy mode, alive: its helper has the rest of the memory, and not the
 * buffers.
 */
export function privateTcpdump(release: Release): Unit {
  const options = {
    release,
    pid: 4387,
    pgid: 4381,
    started: 3600,
    received: 120,
    storeLength: 0,
    holdLength: 3116,
  };
  const well = tcpdump({...options, behaviour: 'zerocopy', resolvesNames: false});
  const forked = tcpdump({...options, behaviour: 'stalled', resolvesNames: true});
  const [reader, helper] = forked.processes;
  const map = well.maps.get(options.pid) ?? [];
  return {
    ...forked,
    processes: forked.processes.map((p) => (p === reader ? {...p, stat: 'SC'} : p)),
    descriptors: well.descriptors,
    maps: new Map([
      [options.pid, map],
      [helper?.pid ?? 0, (forked.maps.get(helper?.pid ?? 0) ?? []).filter((m) => !isBuffer(m))],
    ]),
  };
}

/** tcpdump without -n, in buffered mode: its helper shares nothing that matters. */
export function bufferedTcpdump(release: Release): Unit {
  const unit = privateTcpdump(release);
  const [reader, ...others] = unit.openFiles.filter(({path}) => path === '/dev/bpf');
  return {
    ...unit,
    descriptors: unit.descriptors.map((d) => ({
      ...d,
      holdLength: 0,
      behaviour: 'buffered' as const,
    })),
    openFiles: unit.openFiles.map((file) =>
      file === reader && others.length === 0 ? {...file, offset: '24316', growth: 2240} : file,
    ),
    maps: new Map(
      [...unit.maps].map(([pid, map]) => [pid, map.filter((m) => !isBuffer(m))] as const),
    ),
  };
}

const isBuffer = (m: Mapping): boolean => m.path === '' && m.resident >= 64 && m.type !== 'gd';
