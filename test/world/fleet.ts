import type {AuditedHost, AuditRun} from '../../src/model/audit-run.js';
import type {Evidence} from '../../src/model/evidence.js';
import {makeEvidence} from './evidence.js';
import {makeFinding, passesBut} from './finding.js';
import {makeHost, makeRun} from './run.js';

const stalled = (host: string, address: string): AuditedHost =>
  makeHost({
    host,
    address,
    posture: 'broken',
    groups: ['all', 'edge'],
    running: 1,
    boot: 1,
    captures: [
      {
        pid: 3883,
        program: 'pflogd',
        interface: 'pflog0',
        service: 'pflogd',
        mode: 'unknown',
        by: 'nobody',
      },
    ],
    findings: passesBut(
      makeFinding({
        rule: 'ZBUF-001',
        service: 'pflogd',
        pid: 3883,
        summary:
          'pflogd (pid 3883) on pflog0 lost its zero-copy buffers to a fork and receives nothing any more.',
        matters: 'Every packet pf logs since then is lost, and /var/log/pflog does not show a gap.',
        because: [
          {
            reading: 'held bytes of pflogd (pid 3883) on pflog0',
            source: 'netstat -B, twice',
            state: 'read',
            value: '12156, then 12156 while 4 packets arrived',
          },
          {
            reading: 'buffer mode of pid 3883',
            source: 'net.bpf.stats',
            state: 'unreadable',
            why: 'the native helper did not run',
          },
        ],
        fix: 'sysctl net.bpf.zerocopy_enable=0, then kill and start pflogd (service pflog stop can hang).',
      }),
      makeFinding({
        rule: 'ZBUF-002',
        service: 'pflogd',
        summary: 'pflogd forks after opening its capture while net.bpf.zerocopy_enable is 1.',
        because: [
          {reading: 'net.bpf.zerocopy_enable', source: 'sysctl net.bpf', state: 'read', value: '1'},
          {reading: 'net.bpf.zerocopy_enable', source: '/etc/sysctl.conf.local', state: 'absent'},
        ],
        fix: 'Set net.bpf.zerocopy_enable to 0 in /etc/sysctl.conf and at run time.',
      }),
    ),
  });

const atRisk = (host: string, address: string): AuditedHost =>
  makeHost({
    host,
    address,
    posture: 'at-risk',
    groups: ['all', 'edge'],
    running: 0,
    boot: 1,
    findings: passesBut(
      makeFinding({
        rule: 'ZBUF-003',
        service: 'pflogd',
        summary:
          'The next boot sets net.bpf.zerocopy_enable to 1, and pflogd will lose its buffers then.',
        because: [
          {reading: 'boot value', source: '/etc/sysctl.conf:12', state: 'read', value: '1'},
          {reading: 'pflog_enable', source: '/etc/rc.conf', state: 'read', value: 'YES'},
        ],
        fix: 'Set net.bpf.zerocopy_enable=0 in /etc/sysctl.conf line 12.',
      }),
      makeFinding({
        rule: 'ZBUF-004',
        summary: 'Runs with 0, boots with 1.',
        fix: 'Make the boot value 0.',
      }),
    ),
  });

/** One host of every posture, plus a waived failure: the fleet of the golden files. */
export function oneOfEach(): AuditRun {
  return makeRun([
    makeHost({
      host: 'fw01.example.net',
      address: '192.0.2.1',
      posture: 'compliant',
      groups: ['all', 'edge'],
      captures: [
        {
          pid: 3365,
          program: 'pflogd',
          interface: 'pflog0',
          service: 'pflogd',
          mode: 'buffered',
          by: 'observed',
          given: 'buffered',
        },
        {
          pid: 4381,
          program: 'tcpdump',
          interface: 'vtnet0',
          mode: 'private',
          by: 'kernel',
          given: 'private',
        },
        {
          pid: 4402,
          program: 'suricata',
          interface: 'vtnet1',
          service: 'suricata',
          mode: 'zbuf',
          by: 'kernel',
        },
      ],
    }),
    stalled('fw02.example.net', '192.0.2.2'),
    atRisk('fw03.example.net', '192.0.2.3'),
    makeHost({
      host: 'fw04.example.net',
      address: '192.0.2.4',
      posture: 'drift',
      running: 0,
      boot: null,
      findings: passesBut(
        makeFinding({
          rule: 'ZBUF-005',
          summary: 'The policy wants 0 set at boot; no file sets it.',
          because: [{reading: 'boot value', source: '/etc/sysctl.conf', state: 'absent'}],
          fix: "Add 'net.bpf.zerocopy_enable=0' to /etc/sysctl.conf.",
        }),
        makeFinding({
          rule: 'ZBUF-009',
          summary: 'Line 3 of /etc/sysctl.conf is not accepted by sysctl(8).',
          because: [
            {
              reading: 'line 3',
              source: '/etc/sysctl.conf:3',
              state: 'read',
              value: 'net.bpf.nope=1',
            },
          ],
          fix: 'Remove the line.',
          waived: 'CHG-1042: the module that brings the name comes with the next image',
        }),
      ),
    }),
    makeHost({
      host: 'ids05.example.net',
      address: '192.0.2.5',
      posture: 'ineffective',
      running: 1,
      boot: 1,
      release: '13.2-RELEASE',
      findings: passesBut(
        makeFinding({
          rule: 'ZBUF-007',
          summary: 'Zero-copy is on, but libpcap 1.9.1 cannot use it.',
          matters: 'The upgrade to libpcap 1.10 switches it on without a further change.',
          because: [
            {
              reading: 'version of /lib/libpcap.so.8',
              source: 'strings',
              state: 'read',
              value: 'libpcap version 1.9.1',
            },
          ],
          fix: 'Set net.bpf.zerocopy_enable to 0 until it is wanted.',
        }),
      ),
    }),
    makeHost({
      host: 'jump06.example.net',
      address: '192.0.2.6',
      posture: 'not-applicable',
      running: null,
      boot: null,
      findings: [
        makeFinding({
          rule: 'ZBUF-001',
          verdict: 'not-applicable',
          summary: 'The host runs Linux, not FreeBSD.',
        }),
      ],
    }),
    makeHost({
      host: 'fw07.example.net',
      address: '192.0.2.7',
      posture: 'unknown',
      running: 1,
      boot: 'unreadable',
      captures: 'unreadable',
      findings: passesBut(
        makeFinding({
          rule: 'ZBUF-001',
          verdict: 'unknown',
          summary: 'The descriptors could not be read, so a stalled capture would not be seen.',
          because: [
            {
              reading: 'descriptors',
              source: 'netstat -B',
              state: 'unreadable',
              why: 'net.bpf.stats: Operation not permitted',
            },
          ],
          fix: 'Log in as root, or set become for this host.',
        }),
      ),
    }),
    makeHost({
      host: 'fw08.example.net',
      address: '192.0.2.8',
      posture: 'unreachable',
      groups: ['all', 'edge'],
      durationMs: 10_003,
      failure: {
        kind: 'timed-out',
        message: 'no answer from 192.0.2.8 port 22 within 10 s',
        fix: 'Check that the host is up: ssh -v root@192.0.2.8',
      },
    }),
  ]);
}

/** What a hostile host or a careless inventory may put into any text. */
export const HOSTILE = {
  ansi: '\u001b[2J\u001b[31mfw-red\u001b[0m\u0007',
  rightToLeft: 'fw\u202egpj.exe',
  html: '<script>alert("x")</script>&amp;',
  formula: "=cmd|'/c calc'!A0",
  newlines: 'fw\r\nfw02 compliant\n\t| a | b |',
  c1: 'fw\u009b31mx\u0085',
  nul: 'fw\u0000x',
  lone: 'fw\ud800x',
  separators: 'fw\u2028x\u2029',
  wide: '防火壁-東京-01',
  path: '../../../../etc/passwd',
  markdown: '](javascript:alert(1)) `x` **b** | c |',
  xml: ']]><!--x--><?php ?>',
  million: 'A'.repeat(1_000_000),
} as const;

/**
 * A fleet in which each text that can be hostile is, in the host's name and in everything it said.
 */
export function hostileFleet(): AuditRun {
  return makeRun(
    Object.entries(HOSTILE).map(([kind, text], i) =>
      i % 2 === 0
        ? makeHost({
            host: text,
            address: text,
            posture: 'broken',
            groups: ['all', text],
            running: 1,
            boot: null,
            release: text,
            captures: [
              {
                pid: 7,
                program: text,
                interface: text,
                service: text,
                mode: 'unknown',
                by: 'nobody',
                given: 'inherit',
              },
            ],
            findings: passesBut(
              makeFinding({
                rule: 'ZBUF-001',
                summary: `${kind}: ${text}`,
                matters: text,
                because: [
                  {reading: text, source: text, state: 'read', value: text},
                  {reading: text, source: text, state: 'unreadable', why: text},
                ],
                fix: text,
                service: text,
                pid: 7,
              }),
            ),
          })
        : makeHost({
            host: text,
            address: text,
            posture: 'unreachable',
            failure: {kind: 'auth', message: `${kind}: ${text}`, fix: text},
          }),
    ),
  );
}

/**
 * A big fleet: of every ten hosts one is broken, one at risk, one unreachable, the others
 * compliant.
 */
export function fleetOf(count: number): AuditRun {
  return makeRun(
    Array.from({length: count}, (_, i) => {
      const host = `fw${String(i + 1).padStart(4, '0')}.example.net`;
      const address = `10.0.${Math.floor(i / 250)}.${(i % 250) + 1}`;
      if (i % 10 === 3) return stalled(host, address);
      if (i % 10 === 5) return atRisk(host, address);
      if (i % 10 === 7) {
        const failure = {
          kind: 'refused',
          message: `connection to ${address} port 22 refused`,
          fix: 'Check that sshd runs there.',
        } as const;
        return makeHost({host, address, posture: 'unreachable', failure});
      }
      return makeHost({host, address, posture: 'compliant'});
    }),
  );
}

/** Evidence for a host of a run, so that stores and reports have both halves. */
export function evidenceFor(host: Pick<AuditedHost, 'host' | 'address'>): Evidence {
  return makeEvidence({host: host.host, address: host.address});
}
