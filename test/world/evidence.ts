import type {Descriptor, DescriptorSample, Evidence, Mapping} from '../../src/model/evidence.js';
import {absent, read} from '../../src/model/reading.js';

/** 2026-11-24T08:15:00Z, the moment every document of the test world starts from. */
const START = 1_795_508_100;

const pflogd: Descriptor = {
  pid: 3883,
  interfaceName: 'pflog0',
  command: 'pflogd',
  received: 240,
  dropped: 0,
  matched: 240,
  storeLength: 120,
  holdLength: 0,
  promiscuous: true,
  locked: true,
};

const sample = (at: number, descriptors: readonly Descriptor[]): DescriptorSample => ({
  at: read(at),
  descriptors: read(descriptors),
});

const code: Mapping = {
  start: '0x231180d79000',
  end: '0x231180d7d000',
  pages: 4,
  protection: 'r-x',
  resident: 4,
  privateResident: 6,
  refCount: 5,
  shadowCount: 1,
  flags: 'CN---',
  type: 'vn',
  path: '/sbin/pflogd',
};

/** What a healthy host with pflogd and zero-copy off says; `changes` replaces whole members. */
export function makeEvidence(changes: Partial<Evidence> = {}): Evidence {
  const evidence: Evidence = {
    schema: 'zbufctl.evidence/1',
    host: 'fw01.example.net',
    address: '192.0.2.1',
    collectedAt: new Date(START * 1000).toISOString(),
    practice: false,
    connection: {
      user: 'root',
      port: 22,
      hostKeyFingerprint: 'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU',
      hostKeyType: 'ssh-ed25519',
      authentication: 'publickey',
      via: [],
    },
    identity: {
      system: read('FreeBSD'),
      release: read('15.1-RELEASE-p1'),
      versions: read({
        kernel: '15.1-RELEASE-p1',
        running: '15.1-RELEASE-p1',
        userland: '15.1-RELEASE-p1',
      }),
      machine: read('amd64'),
      processor: read('amd64'),
      osreldate: read({kernel: 1501000, userland: 1501000}),
      hostname: read('fw01.example.net'),
      jailed: read(false),
      securelevel: read(-1),
      product: absent,
      uid: read(0),
      time: read(START),
      bootTime: read(START - 86_400),
    },
    sysctls: read({
      'net.bpf.zerocopy_enable': '0',
      'net.bpf.bufsize': '4096',
      'net.bpf.maxbufsize': '524288',
    }),
    files: [
      {
        path: '/etc/sysctl.conf',
        content: read('# $FreeBSD$\nnet.bpf.zerocopy_enable=0\n'),
        mode: '0644',
        owner: 'root',
        group: 'wheel',
        flags: '',
      },
      {path: '/etc/sysctl.conf.local', content: absent},
    ],
    unknownOids: read([]),
    oids: read({'net.bpf.zerocopy_enable': {type: 'integer', writable: true, tunable: false}}),
    boot: read({
      kldFiles: read(true),
      modules: [],
      lines: [],
      unread: [],
      savedConfiguration: 'none',
    }),
    tunables: absent,
    rc: {
      variables: read({pflog_enable: 'YES', pf_enable: 'YES'}),
      enabled: read(['/etc/rc.d/pflog', '/etc/rc.d/sshd']),
      commands: {'/etc/rc.d/pflog': '/sbin/pflogd'},
    },
    samples: [
      sample(START, [pflogd]),
      sample(START + 1, [{...pflogd, received: 244, matched: 244}]),
    ],
    holders: read([
      {pid: 3881, command: 'pflogd', fd: '3', refCount: read(2), offset: read(0), path: '/dev/bpf'},
      {
        pid: 3883,
        command: 'pflogd',
        fd: '3',
        refCount: read(2),
        offset: read(24_316),
        path: '/dev/bpf',
      },
    ]),
    processes: read([
      {
        pid: 3883,
        ppid: 3881,
        pgid: 3881,
        jid: 0,
        user: '_pflogd',
        state: 'S',
        started: 'Tue Nov 24 06:41:32 2026',
        command: 'pflogd',
        args: 'pflogd: [running] -s 116 -i pflog0 -f /var/log/pflog',
      },
    ]),
    memoryMaps: {'3883': read([code])},
    libraries: [{path: '/lib/libpcap.so.8', version: read('libpcap version 1.10.6')}],
    programs: [{path: '/sbin/pflogd', libpcap: read('/lib/libpcap.so.8'), builtIn: absent}],
    unknownRecords: [],
    ...changes,
  };
  if (evidence.host === '') throw new Error('evidence without a host');
  if (Number.isNaN(Date.parse(evidence.collectedAt))) throw new Error('collectedAt is not a time');
  return evidence;
}
