import type {Access} from './scenario.js';

export interface InventoryHost {
  readonly name: string;
  readonly scenario: string;
  readonly port: number;
  readonly access: Access;
}

/**
 * The ready inventory (zbufctl.yaml): one group a scenario, so that `-g stalled-pflogd` picks them.
 * Paths are relative to the file.
 */
export function inventoryFile(
  hosts: readonly InventoryHost[],
  address: string,
  files: {readonly identityFile: string; readonly knownHosts: string},
): string {
  const lines = [
    '# The practice fleet: simulated FreeBSD hosts on this machine. Written by zbufctl lab up.',
    'groups:',
  ];
  for (const scenario of new Set(hosts.map((host) => host.scenario))) {
    const members = hosts.filter((host) => host.scenario === scenario);
    const {user, become} = members[0]?.access ?? {user: 'root', become: 'none'};
    lines.push(
      `  ${scenario}:`,
      `    vars: {practice: yes, user: ${user}, become: ${become}, identityFile: ${files.identityFile}, knownHosts: ${files.knownHosts}}`,
      '    hosts:',
      ...members.map(
        ({name, port}) => `      - {name: ${name}, address: ${address}, port: ${port}}`,
      ),
    );
  }
  lines.push('policy: {zerocopy: auto}', '');
  return lines.join('\n');
}
