import {expect, test} from 'vitest';

import {readProxyCommand} from '../../src/text/proxy-command.js';

test.each([
  ['ssh -W %h:%p bastion', 'bastion', []],
  ['ssh -p 2222 -i key.pem -W %h:%p -q user@bastion', 'user@bastion:2222', ['key.pem']],
  ['ssh -W [%h]:%p -l ops -o Port=2222 bastion', 'ops@bastion:2222', []],
  ['exec /usr/bin/ssh -qxT bastion -W%h:%p', 'bastion', []],
  [
    'ssh -o StrictHostKeyChecking=no -o "IdentityFile ~/k" -W %h:%p ssh://ops@[2001:db8::1]:2222',
    'ops@[2001:db8::1]:2222',
    ['~/k'],
  ],
  ['ssh -l other -p 1 -W %h:%p me@bastion:22', 'me@bastion:22', []],
])('%s is a jump host', (command, jump, identityFiles) => {
  expect(readProxyCommand(command)).toEqual({jump, identityFiles});
});

test.each([
  'nc -X connect -x proxy:3128 %h %p',
  'cloudflared access ssh --hostname %h',
  'ssh bastion nc %h %p',
  'ssh -W other:22 bastion',
  'ssh -W %h:%p',
  'ssh -W %h:%p -J outer bastion',
  'ssh -W %h:%p -F other_config bastion',
  'ssh -W %h:%p -o ProxyCommand=x bastion',
  'ssh -W %h:%p %r@bastion',
  'ssh -W %h:%p bastion; rm -rf /',
  'ssh -W %h:%p -oProxyCommand=x bastion',
  "ssh -W %h:%p 'bastion",
  'sshpass -p x ssh -W %h:%p bastion',
  'ssh -W %h:%p -p 99999999 bastion',
])('%s is not', (command) => {
  expect(readProxyCommand(command)).toBeUndefined();
});
