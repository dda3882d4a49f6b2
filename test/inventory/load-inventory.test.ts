import {chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';

import {afterEach, beforeEach, expect, test} from 'vitest';

import {parseInventory} from '../../src/inventory/index.js';
import type {InventoryRequest, LoadedInventory} from '../../src/io/files/inventory-files.js';
import {loadInventory} from '../../src/io/files/inventory-files.js';
import {OperatorError} from '../../src/model/operator-error.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zbufctl-inventory-'));
});
afterEach(() => {
  rmSync(folder, {recursive: true, force: true});
});

/**
 * Writes files below the folder; the working directory is work, the configuration directory config.
 */
function put(files: Readonly<Record<string, string | Uint8Array>>): void {
  mkdirSync(join(folder, 'work'), {recursive: true});
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), {recursive: true});
    writeFileSync(join(folder, name), content);
  }
}

const load = (request: Partial<InventoryRequest> = {}): Promise<LoadedInventory> =>
  loadInventory(
    {
      paths: [],
      workingDirectory: join(folder, 'work'),
      configDirectory: join(folder, 'config'),
      homeDirectory: join(folder, 'home'),
      mayBeEmpty: false,
      ...request,
    },
    parseInventory,
  );
const names = async (request?: Partial<InventoryRequest>): Promise<readonly string[]> =>
  (await load(request)).inventory.hosts.map(({name}) => name);

/** The error an operator gets to see. */
async function refusal(request?: Partial<InventoryRequest>): Promise<OperatorError> {
  const error: unknown = await load(request).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(OperatorError);
  return error as OperatorError;
}

test('the files named come first, then ./zbufctl.yaml, then the configuration directory', async () => {
  put({
    'work/zbufctl.yaml': 'hosts: [here]\n',
    'config/zbufctl.yaml': 'hosts: [configured]\n',
    'work/a.ini': 'first\n',
    'other/b': 'second\n',
  });

  expect(await names({paths: ['a.ini', join(folder, 'other/b')]})).toEqual(['first', 'second']);
  expect(await names()).toEqual(['here']);
  rmSync(join(folder, 'work/zbufctl.yaml'));
  expect(await names()).toEqual(['configured']);
});

test('without any inventory it says where it looked, and is content when none is needed', async () => {
  put({});

  expect((await refusal()).message).toBe(
    `no inventory: there is neither ./zbufctl.yaml nor ${folder}/config/zbufctl.yaml`,
  );
  expect((await refusal()).exitCode).toBe(2);
  expect((await refusal()).fix).toContain('zbufctl init');
  expect((await load({mayBeEmpty: true})).inventory).toMatchObject({hosts: [], files: []});
  put({'work/zbufctl.yml': 'hosts: [fw1]\n'});
  expect((await refusal()).fix).toContain('rename it to zbufctl.yaml');
});

test('every complaint about every file is in one error, with paths relative to the working directory', async () => {
  put({
    'work/a.yaml': 'hosts: [10]\nusers: x\n',
    'work/b.ini': 'fw1 ansible_port=0\n',
    'work/policy.yaml': 'zerocopy: true\n',
    'work/utf16': new Uint8Array([0xff, 0xfe, 0x66, 0, 0x77, 0, 0x31, 0]),
    'work/latin1': new Uint8Array([0x66, 0x77, 0xe4, 0x0a]),
  });

  const error = await refusal({
    paths: ['a.yaml', 'b.ini', 'missing', '.', 'utf16', 'latin1'],
    policyPath: 'policy.yaml',
  });

  expect(error.exitCode).toBe(2);
  expect(error.message.split('\n').filter((line) => !line.startsWith('    '))).toEqual([
    expect.stringMatching(/^\d+ mistakes to fix first:$/),
    'missing: is not there',
    `${join(folder, 'work')}: is a folder`,
    expect.stringMatching(/^a\.yaml: is read as a zbufctl.yaml, because/),
    'a.yaml:1: hosts[1] is "10", which YAML reads as a number, not a host name',
    'a.yaml:2: unknown key "users"',
    'b.ini:1: ansible_port is "0", not a number from 1 to 65535',
    'utf16: looks like UTF-16 text',
    'latin1:1: holds bytes that are not UTF-8',
    expect.stringMatching(/^policy\.yaml:1: zerocopy is "true"/),
  ]);
});

test('a single complaint is the message, and its fix the fix', async () => {
  put({'work/zbufctl.yaml': 'hosts: [fw1]\nvars: {port: 0}\n'});

  const error = await refusal();

  expect([error.message, error.fix]).toEqual([
    'zbufctl.yaml:2: vars.port is 0, not a number from 1 to 65535',
    'Write a number from 1 to 65535.',
  ]);
});

test.skipIf(process.getuid?.() === 0)(
  'a file that may not be read is a complaint, not passed over',
  async () => {
    put({'work/zbufctl.yaml': 'hosts: [fw1]\n', 'config/zbufctl.yaml': 'hosts: [configured]\n'});
    chmodSync(join(folder, 'work/zbufctl.yaml'), 0);

    expect((await refusal()).message).toContain('cannot be read: permission denied');
  },
);

test('a default file that leads nowhere is a complaint, not passed over', async () => {
  put({'config/zbufctl.yaml': 'hosts: [configured]\n'});
  symlinkSync('zbufctl.yaml', join(folder, 'work/zbufctl.yaml'));

  expect((await refusal()).message).toContain('is a symbolic link that leads to itself');
});

test('endless input ends at the limit', async () => {
  put({});

  expect((await refusal({paths: ['/dev/zero']})).message).toContain('/dev/zero: larger than 4 MiB');
});

test('--policy overrides, relative paths of each file start at that file, ~ is the home directory', async () => {
  put({
    'work/inv/zbufctl.yaml':
      'hosts: [fw1]\nvars: {identityFile: [k, ~/k]}\npolicy: {zerocopy: on}\n',
    'work/policy.yaml': 'policy: {zerocopy: off}\n',
  });

  const {inventory} = await load({paths: ['inv/zbufctl.yaml'], policyPath: 'policy.yaml'});

  expect(inventory.hosts).toMatchObject([
    {
      identityFiles: [join(folder, 'work/inv/k'), join(folder, 'home/k')],
      policy: {zerocopy: 'off'},
    },
  ]);
  expect(inventory.files).toEqual([join(folder, 'work/inv/zbufctl.yaml')]);
});

test('an inventory without a policy takes that of the default file, and says so', async () => {
  put({
    'work/hosts': '[edge]\nfw1\n',
    'work/zbufctl.yaml':
      'groups: {edge: {policy: {zerocopy: auto}}}\npolicy: {zerocopy: off}\nhosts: [other]\n',
    'work/link.yaml': '',
  });
  rmSync(join(folder, 'work/link.yaml'));
  symlinkSync('zbufctl.yaml', join(folder, 'work/link.yaml'));

  const {inventory, warnings} = await load({paths: ['hosts']});
  const same = await load({paths: ['link.yaml']});

  expect(inventory.hosts).toMatchObject([{name: 'fw1', policy: {zerocopy: 'auto'}}]);
  expect(warnings).toMatchObject([
    {file: join(folder, 'work/zbufctl.yaml'), message: 'the policy is taken from here'},
  ]);
  expect(same.warnings).toEqual([]);
});

test("Ansible's group_vars and host_vars beside an inventory are named as not read", async () => {
  put({
    'work/hosts': 'fw1\n',
    'work/group_vars/all.yml': 'ansible_user: root\n',
    'work/host_vars/fw1.yml': '',
  });

  const {warnings} = await load({paths: ['hosts']});

  expect(warnings.map(({message}) => message)).toEqual([
    'group_vars beside it is not read',
    'host_vars beside it is not read',
  ]);
});
