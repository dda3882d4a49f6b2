import type {InventoryEntry, KnownHostNames, SshConfigHost} from '../inventory/index.js';
import type {Become} from '../model/host.js';
import type {ZerocopyWish} from '../model/policy.js';
import type {Service} from '../model/service.js';

/** Questions to the person at the terminal; `undefined`: they gave up. */
export interface InitInterview {
  text(
    message: string,
    initial: string,
    problem: (text: string) => string | undefined,
  ): Promise<string | undefined>;
  confirm(message: string, initial: boolean): Promise<boolean | undefined>;
  choose<T extends string>(
    message: string,
    choices: readonly {readonly value: T; readonly label: string}[],
    initial: T,
  ): Promise<T | undefined>;
  pick<T extends string>(
    message: string,
    choices: readonly {readonly value: T; readonly label: string}[],
    echo?: (picked: number) => string,
  ): Promise<readonly T[] | undefined>;
}

/** What the command line says; what it does not say is asked. */
export interface InitRequest {
  /** Absolute path of the file to write. */
  readonly path: string;
  readonly hosts: readonly string[];
  readonly fromSshConfig: boolean;
  readonly fromKnownHosts?: boolean;
  /** An Ansible inventory, as typed. */
  readonly fromAnsible?: string;
  readonly user?: string;
  readonly become?: Become;
  readonly zerocopy?: ZerocopyWish;
  /** Services no plan may restart. */
  readonly keep?: readonly string[];
  readonly window?: string;
  /** Audit the hosts at once; absent: asked. */
  readonly audit?: boolean;
  /** Replace an existing file without asking. */
  readonly force: boolean;
}

export interface InitDeps {
  /** The capture programs a policy may name. */
  readonly services: readonly Service[];
  /** Absent: nobody is there to ask. */
  readonly interview?: InitInterview;
  sshConfigHosts(): Promise<readonly SshConfigHost[]>;
  knownHosts(): Promise<KnownHostNames>;
  /** The hosts of an Ansible inventory; throws OperatorError with all that is wrong with it. */
  ansibleHosts(path: string): Promise<readonly InventoryEntry[]>;
  isThere(path: string): Promise<boolean>;
  /** False when there is a file and it may not be overwritten. */
  write(path: string, text: string, overwrite: boolean): Promise<boolean>;
}

export interface InitResult {
  readonly path: string;
  readonly hosts: number;
  /** The hosts are to be audited now. */
  readonly audit: boolean;
}
