import {baseMachine} from './base-machine.js';
import {captureScenarios} from './capture-scenarios.js';
import {inHouse} from './in-house.js';
import type {HostFile, Machine, Release, Startable, Unit} from './machine.js';
import {loadedLibraries} from './release-tables.js';
import type {Scenario, Setting} from './scenario.js';
import {programFile} from './shared-tree.js';

const FILTERLOG = '/usr/local/sbin/filterlog';

/**
 * The appliances' own filter log daemon: it calls daemon(3) before it opens its capture and does
 * not fork after that, so there is one process, and its buffers are its own (filterlog.c of
 * opnsense/ports and of pfsense/FreeBSD-ports, reading).
 */
function filterlog(release: Release, pid: number, mode: 'buffered' | 'zerocopy'): Unit {
  const all = inHouse({
    release,
    name: 'filterlog',
    pattern: 'forks-before-open',
    pids: [pid - 1, pid],
    started: 70,
    interfaceName: 'pflog0',
    bufferPages: 128,
    libpcap: '/lib/libpcap.so.8',
    mode,
  });
  return {
    processes: all.processes
      .filter((process) => process.pid === pid)
      .map((process) => ({
        ...process,
        ppid: 1,
        pgid: pid,
        stat: 'Ss',
        args: `${FILTERLOG} -i pflog0 -p /var/run/filterlog.pid`,
      })),
    descriptors: all.descriptors,
    openFiles: all.openFiles.filter((file) => file.pid === pid),
    maps: new Map([...all.maps].filter(([of]) => of === pid)),
  };
}

const filterlogStart = (release: Release): Startable => ({
  name: 'filterlog',
  libpcap: '/lib/libpcap.so.8',
  buffered: ([first = 0]) => filterlog(release, first, 'buffered'),
  zerocopy: ([first = 0]) => filterlog(release, first, 'zerocopy'),
});

/**
 * What the appliance's PHP does when it reloads the filter: no rc script and no rc variable has a
 * part in it.
 */
const STARTER: HostFile = {
  content: `#!/bin/sh
# Starts filterlog anew, as filter_configure of the appliance's PHP does.
set -u
lab=$ZBUFCTL_ROOT/.lab
. "$ZBUFCTL_ROOT/bin/../sh/processes.sh"
end_processes filterlog ''
start_unit filterlog
`,
  mode: 0o755,
};

function appliance(setting: Setting, files: Readonly<Record<string, HostFile>>): Machine {
  const {release} = setting;
  const base = baseMachine(release, setting);
  return {
    ...base,
    units: [filterlog(release, 3365, 'buffered')],
    startables: [filterlogStart(release)],
    rcConf: {...base.rcConf, pf_enable: 'NO'},
    files: {
      [FILTERLOG]: {
        content: programFile(loadedLibraries(release).filter((l) => l.program === '/sbin/pflogd')),
        mode: 0o755,
      },
      ...files,
    },
  };
}

/** Secrets beside the tunables, as every config.xml has them: none may leave the host. */
const config = (root: string, value: string): HostFile => ({
  content: `<?xml version="1.0"?>
<${root}>
  <system>
    <user><name>root</name><password>$6$rounds=5000$practice</password></user>
  </system>
  <!-- <sysctl><item><tunable>net.bpf.zerocopy_enable</tunable><value>9</value></item></sysctl> -->
  <sysctl version="1.0.2">
    <item uuid="3c1a4e20-0000-4000-8000-000000000001">
      <tunable>net.inet.ip.random_id</tunable>
      <value/>
      <descr><![CDATA[<b>ids</b> > counters]]></descr>
    </item>
    <item uuid="3c1a4e20-0000-4000-8000-000000000002">
      <tunable>net.bpf.zerocopy_enable</tunable>
      <value>${value}</value>
      <descr>traffic graphs with IPS</descr>
    </item>
  </sysctl>
</${root}>
`,
  mode: 0o640,
});

const text = (content: string, mode = 0o644): HostFile => ({content, mode});

const OPNSENSE_VERSIONS: Readonly<Record<Release, string>> = {'15.1': '26.7.4', '13.2': '23.7.12'};
const PFSENSE_VERSIONS: Readonly<Record<Release, string>> = {
  '15.1': '26.07-RELEASE',
  '13.2': '2.7.0-RELEASE',
};

const opnsense = (setting: Setting, value: string): Machine => {
  const version = OPNSENSE_VERSIONS[setting.release];
  return appliance(setting, {
    '/usr/local/opnsense/version/core': text(
      `{\n    "product_id": "opnsense",\n    "product_name": "OPNsense",\n    "product_version": "${version}"\n}\n`,
    ),
    '/usr/local/sbin/opnsense-version': text(
      `#!/bin/sh\necho "OPNsense ${version} (amd64)"\n`,
      0o755,
    ),
    '/usr/local/sbin/configctl': STARTER,
    '/conf/config.xml': config('opnsense', value),
    // Written by the appliance from the same tunables; it does nothing.
    '/boot/loader.conf': text(
      `# dynamically generated tunables settings follow\nnet.bpf.zerocopy_enable="${value}"\n`,
    ),
  });
};

const pfsense = (setting: Setting): Machine =>
  appliance(setting, {
    '/etc/version': text(`${PFSENSE_VERSIONS[setting.release]}\n`),
    '/etc/platform': text('pfSense\n'),
    '/etc/pfSense-rc': text('#!/bin/sh\n', 0o755),
    '/etc/rc.filter_configure': STARTER,
    '/cf/conf/config.xml': config('pfsense', '0'),
  });

/** What BSDRP ships (BSDRP/Files/etc/sysctl.conf, reading). */
const BSDRP_SYSCTL_CONF = text(
  '### Forwarding ###\n# Enable Zerocopy for bpf\nnet.bpf.zerocopy_enable=1\nnet.bpf.optimize_writers=1\n',
);

/**
 * Systems built on FreeBSD that keep their settings, and start their captures, in a way of their
 * own.
 */
export const applianceScenarios = {
  opnsense: {
    summary: 'OPNsense: tunables live in its own configuration, filterlog is started by its PHP',
    releases: ['15.1', '13.2'],
    machine: (setting) => opnsense(setting, '0'),
  },
  'opnsense-tunable': {
    summary: 'OPNsense with the tunable its manual advises for empty traffic graphs',
    releases: ['15.1'],
    machine: (setting) => ({
      ...opnsense(setting, '1'),
      sysctls: {'net.bpf.zerocopy_enable': '1'},
      units: [filterlog(setting.release, 3365, 'zerocopy')],
    }),
  },
  pfsense: {
    summary: 'pfSense: tunables live in its own configuration, filterlog is started by its PHP',
    releases: ['15.1', '13.2'],
    machine: pfsense,
  },
  bsdrp: {
    summary:
      'BSDRP 2.3: ships with zero-copy on, /etc in memory; the pf logger is switched on and lost its capture',
    releases: ['15.1'],
    machine: (setting) => {
      const base = captureScenarios['stalled-pflogd'].machine(setting);
      return {
        ...base,
        sysctls: {...base.sysctls, 'net.bpf.optimize_writers': '1'},
        files: {
          '/etc/sysctl.conf': BSDRP_SYSCTL_CONF,
          '/conf/base/etc/sysctl.conf': BSDRP_SYSCTL_CONF,
          '/etc/version': text('2.3\n'),
          '/etc/nanobsd.conf': text('NANO_DRIVE=ufs/BSDRP\n'),
          '/boot/lua/brand-bsdrp.lua': text('-- logo\n'),
        },
        readOnlyRoot: true,
      };
    },
  },
} as const satisfies Readonly<Record<string, Scenario>>;
