import {spawnSync} from 'node:child_process';

import {expect, test} from 'vitest';

import {loadCollectTemplate} from '../../src/io/package/templates.js';

/** Commands that change something. The words may stand in comments, so these are cut first. */
const CHANGES =
  /(?:^|[\s;&|({])(?:rm|mv|cp|ln|tee|touch|mkdir|rmdir|mktemp|install|dd|chmod|chown|chflags|kill|pkill|kldload|kldunload|mount|umount|eval|exec|\.|source|trap)\s/;

const whole = loadCollectTemplate()
  .split('\n')
  .map((line) => line.replace(/^\s*#.*|\s# .*/, ''));
/** The program of the shell that reads the rc files as rc(8) does. It is looked at by itself. */
const rcStart = whole.indexOf("rc_program='");
const rcEnd = whole.findIndex((line, at) => at > rcStart && line.endsWith("'"));
const rcProgram = whole.slice(rcStart, rcEnd + 1);
const code = [...whole.slice(0, rcStart), ...whole.slice(rcEnd + 1)];

/**
 * What a reviewer looks for: anything that writes, sets, starts or stops. Empty when there is
 * nothing.
 */
function writes(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => {
    const unquoted = line.replaceAll(/"[^"]*"/g, '""');
    return (
      // The only redirections out: between descriptors, and to nowhere. (=> is how ldd prints, ==>
      // how head does.)
      line
        .replaceAll(/\d?>&[\d-]|>\/dev\/null|'=> \/'|\*=> \}|'==> \/'|#==> \}/g, '')
        .includes('>') ||
      CHANGES.test(line.replace('mount -p 2', '')) ||
      // In awk: system(), and pipes into and out of commands.
      /system\(|\|\s*getline|\bprint\b[^;]*\|(?!\|)/.test(unquoted) ||
      /\bsysctl (?:-\w+ )*\S*=/.test(line) ||
      /\bservice (?!-e|"\$\{1##\*\/\}" enabled )|\bsysrc|\bkenv (?!-q net\.bpf\.zerocopy_enable$)/.test(
        line.replace('ask kenv', ''),
      )
    );
  });
}

test('the collector has no line that writes, sets, starts or stops anything', () => {
  expect(writes(code)).toEqual([]);
});

test('the shell that reads the rc files sources nothing but files it was given, and tells variables by name', () => {
  expect(rcProgram.length).toBeGreaterThan(50);
  expect(writes(rcProgram).map((line) => line.trim())).toEqual([
    'exec 3>&1 >/dev/null',
    '. "$zb_root$1"',
    'eval "zb_value=\\${$zb_name-} zb_set=\\${$zb_name+1}"',
    'eval "printf %s \\"\\${$3-}\\""',
    'eval "zb_value=\\${$3-}"',
  ]);
});

test.each([
  'printf x >file',
  'cat a >>"$b"',
  'sysctl net.bpf.zerocopy_enable=0',
  'sysctl -n net.bpf.zerocopy_enable=0',
  '	rm -f x',
  'a && mv b c',
  'exec 3>&1',
  'eval "$x"',
  '. /etc/rc.conf',
  'print x | "sh"',
  '"date" | getline',
  'system("id")',
  'service pflog stop',
  'sysrc pflog_enable=NO',
  'kenv x=1',
])('the check notices %s', (line) => {
  expect(writes([line])).toHaveLength(1);
});

test('the collector is clean under shellcheck as sh', () => {
  const {status, stdout} = spawnSync('shellcheck', ['-s', 'sh', '-'], {
    input: loadCollectTemplate(),
    encoding: 'utf8',
  });

  expect({status, stdout}).toEqual({status: 0, stdout: ''});
});

test('the practice root is the only thing of the environment it looks at', () => {
  const text = code.join('\n');
  const own = new Set(
    Array.from(
      text.matchAll(/([A-Za-z_]+)=|for ([a-z]+) in|read -r ([a-z]+)/g),
      (m) => m[1] ?? m[2] ?? m[3],
    ),
  );
  // The rc files' own variables, where they are read.
  const used = Array.from(text.matchAll(/\$\{?([A-Za-z_]+)/g), ([, name]) => name);

  expect(used.length).toBeGreaterThan(50);
  expect([...new Set(used.filter((name) => !own.has(name) && name !== 'rc_program'))]).toEqual([
    'ZBUFCTL_ROOT',
  ]);
});
