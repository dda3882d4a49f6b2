/**
 * Who tells people to set net.bpf.zerocopy_enable=1, where, and who follows. Read in the files
 * named.
 */
export interface Recommendation {
  readonly who: string;
  readonly says: string;
  readonly where: string;
}

export const RECOMMENDATIONS: readonly Recommendation[] = [
  {
    who: "Suricata's package message",
    says: 'you may want to try BPF in zero-copy mode, and to add the value to /etc/sysctl.conf',
    where: 'freebsd/freebsd-ports security/suricata/files/pkg-message.in @24b13d88',
  },
  {
    who: "OPNsense's manual",
    says: 'add the value 1 as a tunable when traffic graphs stay empty under IPS',
    where: 'opnsense/docs source/manual/reporting_traffic.rst @e9d2a63',
  },
  {
    who: "BSDRP's default",
    says: 'ships the value 1 in /etc/sysctl.conf',
    where: 'ocochard/BSDRP BSDRP/Files/etc/sysctl.conf @a5cc63a5',
  },
  {
    who: 'hunter-nsm',
    says: 'appends the value 1 to /etc/sysctl.conf, once more at each run',
    where: 'shirkdog/hunter-nsm hunter-nsm.sh @4e7bba1',
  },
];

/** The recommendations and what to answer, a line each. */
export const adviceLines: readonly string[] = [
  ...RECOMMENDATIONS.map(({who, says, where}) => `${who}: ${says} (${where})`),
  'What to answer: the value is for the whole host, not for the program that asks. A program that forks after it has',
  'opened its capture (pflogd, tcpdump without -n) then records at most two buffers and goes deaf without a word.',
  'Leave it 0, or prove with zbufctl probe and zbufctl audit that no capture on this host is of that kind.',
];

/** explain net.bpf.zerocopy_enable. */
export const zerocopyText = (releases: string): string =>
  [
    'net.bpf.zerocopy_enable',
    '',
    'Lets programs capture through buffers shared with the kernel instead of read(2). 0 by default; read when a capture',
    'is opened, so that a change reaches only captures opened after it (bpf(4)).',
    '',
    'Who recommends 1',
    ...adviceLines,
    '',
    releases,
  ].join('\n');
