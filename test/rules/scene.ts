import {loadServices} from '../../src/cli/hosts/load-services.js';
import type {ConfigFile, Descriptor, Evidence, Mapping} from '../../src/model/evidence.js';
import type {Finding} from '../../src/model/finding.js';
import type {Policy} from '../../src/model/policy.js';
import {absent, read} from '../../src/model/reading.js';
import type {Service} from '../../src/model/service.js';
import {judgeAll} from '../../src/rules/index.js';
import {posture} from '../../src/rules/posture.js';
import {makeEvidence} from '../world.js';

const services = await loadServices();

export const WITH = 'libpcap version 1.10.6 (64-bit time_t, with zerocopy and netmap support)';
export const WITHOUT = 'libpcap version 1.9.1';

export function judgeEvidence(
  evidence: Evidence,
  policy: Policy = {},
  extra: readonly Service[] = [],
): {
  readonly posture: string;
  readonly findings: readonly Finding[];
  verdicts(rule: string): string[];
} {
  const findings = judgeAll({evidence, policy, services: [...services, ...extra]});
  return {
    findings,
    posture: posture(evidence, findings),
    verdicts: (rule) => findings.filter((f) => f.rule === rule).map((f) => f.verdict),
  };
}

export interface Layout {
  readonly running?: string;
  readonly sysctlConf?: string;
  readonly sysctlConfLocal?: string;
  readonly loaderConf?: string;
  readonly libpcap?: string;
  readonly enabled?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly captures?: readonly CaptureSpec[];
}

/** One capturing process, as seen twice, with its memory and what else ps shows. */
export interface CaptureSpec {
  readonly pid: number;
  readonly ppid?: number;
  readonly command: string;
  readonly args?: string;
  readonly state?: string;
  /** [matched, store, hold] in each sample. */
  readonly before: readonly [number, number, number];
  readonly after: readonly [number, number, number];
  readonly offset?: number;
  readonly memory: readonly Mapping[];
  readonly loadsLibpcap?: boolean;
}

const file = (path: string, text: string | undefined): ConfigFile => ({
  path,
  content: text === undefined ? absent : read(text),
  mode: '0644',
  owner: 'root',
  group: 'wheel',
  flags: '',
});

const descriptor = (
  spec: CaptureSpec,
  [matched, storeLength, holdLength]: readonly [number, number, number],
): Descriptor => ({
  pid: spec.pid,
  interfaceName: 'em0',
  command: spec.command,
  received: matched,
  matched,
  dropped: 0,
  storeLength,
  holdLength,
  promiscuous: true,
  locked: false,
});

export const pages = (flags: string, resident: number, more: Partial<Mapping> = {}): Mapping => ({
  start: '0x454e2a243000',
  end: '0x454e2a343000',
  pages: resident,
  protection: 'rw-',
  resident,
  privateResident: flags.startsWith('C') ? 0 : resident,
  refCount: 1,
  shadowCount: 0,
  flags,
  type: 'sw',
  path: '',
  ...more,
});

const libpcapMapping: Mapping = pages('CN---', 49, {
  protection: 'r-x',
  type: 'vn',
  path: '/lib/libpcap.so.8',
});

/**
 * A host of the layout; what is left out is a healthy default with the value at 0 and nothing
 * captured.
 */
export function hostOf(layout: Layout): Evidence {
  const captures = layout.captures ?? [];
  const sample = (which: 'before' | 'after', at: number): Evidence['samples'][0] => ({
    at: read(at),
    descriptors: read(captures.map((c) => descriptor(c, c[which]))),
  });
  return makeEvidence({
    sysctls: read({
      'net.bpf.zerocopy_enable': layout.running ?? '0',
      'net.bpf.maxbufsize': '524288',
    }),
    files: [
      file('/etc/sysctl.conf', layout.sysctlConf),
      file('/etc/sysctl.conf.local', layout.sysctlConfLocal),
      file('/boot/loader.conf', layout.loaderConf),
    ],
    rc: {
      variables: read(layout.variables ?? {}),
      enabled: read(layout.enabled ?? []),
      commands: {'/etc/rc.d/pflog': '/sbin/pflogd'},
    },
    samples: [sample('before', 100), sample('after', 102)],
    holders: read(
      captures.map((c) => ({
        pid: c.pid,
        command: c.command,
        fd: '3',
        refCount: read(1),
        offset: read(c.offset ?? 0),
        path: '/dev/bpf',
      })),
    ),
    processes: read(
      captures.map((c) => ({
        pid: c.pid,
        ppid: c.ppid ?? 1,
        pgid: c.pid,
        jid: 0,
        user: 'root',
        state: c.state ?? 'S',
        started: 'Tue Nov 24 06:41:32 2026',
        command: c.command,
        args: c.args ?? c.command,
      })),
    ),
    memoryMaps: Object.fromEntries(
      captures.map((c) => [
        String(c.pid),
        read(c.loadsLibpcap === false ? c.memory : [libpcapMapping, ...c.memory]),
      ]),
    ),
    libraries: [{path: '/lib/libpcap.so.8', version: read(layout.libpcap ?? WITH)}],
    programs: [{path: '/sbin/pflogd', libpcap: read('/lib/libpcap.so.8'), builtIn: absent}],
  });
}
